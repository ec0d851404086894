import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

export type { BrowserContext, Page }

export const CHROMIUM = '/usr/bin/chromium'

/**
 * WebGL and WebGPU by SwiftShader, a graphics card made of software. Chromium draws pages and 2D canvases without it, which takes a
 * quarter of its processor time.
 */
const ARGS = [
  '--disable-gpu-compositing',
  '--disable-gpu-rasterization',
  '--disable-accelerated-2d-canvas',
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
]

/** Milliseconds after which Chromium is taken to hang: before jest ends the test, so that the error says what was waited for. */
const HANG_MS = 280_000

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.svg': 'image/svg+xml',
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

export interface ProgramOptions {
  /** The module, whose exports the tests call. */
  readonly module: URL
  /** Module of a worker, which the program finds as `./worker.js`. */
  readonly worker?: URL
  /** Whether packages are taken from their sources; default: from their builds, as users do. */
  readonly isSource?: boolean
  readonly headers?: Readonly<Record<string, string>>
  /** Folders that are served beside the program, by their first part of a path. */
  readonly folders?: Readonly<Record<string, string>>
}

/** A program in a page. */
export interface OpenProgram extends OpenPage {
  /** Calls a function of the module with plain values, and returns its result, which is plain too. */
  // biome-ignore lint/suspicious/noExplicitAny: each test knows what the function returns
  readonly call: (name: string, ...args: readonly unknown[]) => Promise<any>
}

/** Bundles a module, unless this file of tests has done so, and opens it in a page of Chromium. */
export async function openProgram(options: ProgramOptions): Promise<OpenProgram> {
  const { module, worker, isSource = false, headers = {} } = options
  const key = JSON.stringify([module, worker, isSource])
  const bundle = bundles.get(key) ?? bundleProgram(options)
  bundles.set(key, bundle)
  const folder = await bundle
  const site = await openPage({ folders: { ...options.folders, '': folder }, headers })
  await site.page.waitForFunction('globalThis.program')
  return {
    ...site,
    call: (name, ...args) =>
      site.page.evaluate(
        // biome-ignore lint/suspicious/noExplicitAny: the page has no types
        ({ name, args }) => (globalThis as any).program[name](...args),
        { name, args },
      ),
  }
}

/** Bundles a module, and returns the folder with the page that runs it. */
async function bundleProgram({ module, worker, isSource = false }: ProgramOptions): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'facekp-page-'))
  folders.add(folder)
  const path = fileURLToPath(module)
  const page = join(folder, 'page.mjs')
  writeFileSync(page, `import * as program from ${JSON.stringify(path)}\nObject.assign(globalThis, { program })\n`)
  await build({
    entryPoints: { page, ...(worker ? { worker: fileURLToPath(worker) } : {}) },
    // Beside the entries, so that modules find their workers there.
    chunkNames: '[name]-[hash]',
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    conditions: isSource ? ['@facekp/source'] : [],
    logLevel: 'error',
  })
  writeFileSync(join(folder, 'index.html'), '<!doctype html><script type="module" src="page.js"></script>')
  return folder
}

let browser: Promise<Browser> | undefined
let furtherArgs: readonly string[] = []
const folders = new Set<string>()
/** Folders of bundled programs, by their modules. */
const bundles = new Map<string, Promise<string>>()
const servers = new Set<Server>()

/** Sets further arguments of Chromium, such as those of a webcam; before the first page of a file of tests. */
export function setBrowserArgs(args: readonly string[]): void {
  furtherArgs = args
}

/** Serves a site and opens a page of it in Chromium, which is started once for a file of tests. */
export async function openPage(site: SiteOptions, path = 'index.html'): Promise<OpenPage> {
  const server = await serve(site)
  servers.add(server)
  return openUrl(`http://localhost:${(server.address() as AddressInfo).port}/${path}`)
}

/** Opens a page in Chromium, in a context of its own, where further pages can be opened. */
export async function openUrl(url: string): Promise<OpenPage> {
  browser ??= chromium.launch({ executablePath: CHROMIUM, args: [...ARGS, ...furtherArgs], timeout: HANG_MS })
  const context = await (await browser).newContext()
  context.setDefaultTimeout(HANG_MS)
  const page = await context.newPage()
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
  for (const folder of folders) rmSync(folder, { recursive: true })
  folders.clear()
  bundles.clear()
  browser = undefined
}
