import { existsSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { requirement, testIf } from './require.ts'

const CHROMIUM = '/usr/bin/chromium'
const hasBrowser = existsSync(CHROMIUM)
if (!hasBrowser && requirement('browser')) throw new Error(`FACEKP_REQUIRE: expected a browser at ${CHROMIUM}`)

/** `test` if Chromium is installed, else a test that is skipped with a message. */
export const testInChromium: ReturnType<typeof testIf> = testIf(hasBrowser, 'chromium')

/** WebGL and WebGPU by SwiftShader, a graphics card made of software. */
const ARGS = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
]

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
}

/** A page of Chromium and what went wrong in it. */
export interface OpenPage {
  readonly page: Page
  /** Messages of uncaught errors, refused and missing files, and violations of the Content-Security-Policy. */
  readonly errors: string[]
}

export interface SiteOptions {
  /** Maps the first part of a path to a folder; `''` is for all others. */
  readonly folders: Readonly<Record<string, string>>
  /** Headers of every response, such as a Content-Security-Policy. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Serves folders on a free port of this machine. */
function serve({ folders, headers = {} }: SiteOptions): Promise<Server> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const [, first = ''] = pathname.split('/')
    const isMapped = first !== '' && folders[first] !== undefined
    const folder = folders[isMapped ? first : ''] as string
    const file = join(folder, isMapped ? pathname.slice(first.length + 1) : pathname)
    if (!existsSync(file) || extname(file) === '') {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', ...headers })
    response.end(readFileSync(file))
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

let browser: Promise<Browser> | undefined
const servers = new Set<Server>()

/** Serves a site and opens a page of it in Chromium, which is started once for a file of tests. */
export async function openPage(site: SiteOptions, path = 'index.html'): Promise<OpenPage> {
  const server = await serve(site)
  servers.add(server)
  return openUrl(`http://localhost:${(server.address() as AddressInfo).port}/${path}`)
}

/** Opens a page in Chromium. */
export async function openUrl(url: string): Promise<OpenPage> {
  browser ??= chromium.launch({ executablePath: CHROMIUM, args: ARGS })
  const page = await (await browser).newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.location().url.endsWith('favicon.ico'))
      errors.push(`${message.text()} ${message.location().url}`)
  })
  await page.goto(url)
  return { page, errors }
}

/** Closes Chromium and stops serving. */
export async function closeBrowser(): Promise<void> {
  await (await browser)?.close()
  for (const server of servers) server.close().closeAllConnections()
  servers.clear()
  browser = undefined
}
