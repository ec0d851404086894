import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { useBackend } from '@facekp/backend'
import { IBUG_68 } from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { writeImage } from '@facekp/image/node'
import { loadLandmarker } from '@facekp/landmarker/node'
import { afterAll, beforeAll, expect } from '@jest/globals'
import { hasChromium, testInChromium } from '../support/chromium.ts'
import { closeBrowser, type OpenPage, openPage, openUrl } from '../support/start-chromium.ts'

const run = promisify(execFile)
const TESTS = fileURLToPath(new URL('..', import.meta.url))
const GUIDE = readFileSync(join(TESTS, '..', 'docs', 'browser.md'), 'utf8')

/** The page of the guide, with its files in the folder of an app. */
let folder: string
let expectedPoints: readonly number[]

beforeAll(async () => {
  if (!hasChromium) return
  folder = mkdtempSync(join(tmpdir(), 'facekp-bundlers-'))
  symlinkSync(join(TESTS, 'node_modules'), join(folder, 'node_modules'))
  for (const [file, code] of readGuide()) writeFileSync(join(folder, file), code)
  writeFileSync(join(folder, 'package.json'), '{}')
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  writeFileSync(join(folder, 'index.html'), `${page}<script type="module" src="./start-worker.js"></script>\n`)
  const face = await syntheticFaces({ seed: 4, count: 1, scheme: IBUG_68, width: 200, height: 150 }).get(0)
  const image = join(folder, 'face.png')
  await writeImage(image, face.image)

  await useBackend('wasm')
  const landmarker = await loadLandmarker('ibug-68')
  const { faces } = await landmarker.detect(image)
  landmarker.dispose()
  expectedPoints = Array.from(faces[0]?.points ?? [])
})

afterAll(async () => {
  if (!hasChromium) return
  await closeBrowser()
  rmSync(folder, { recursive: true })
})

/** Reads the files of the guide: blocks after a line that ends in the name of a file and a colon. */
function readGuide(): [file: string, code: string][] {
  const blocks = GUIDE.matchAll(/`([\w.-]+\.(?:js|html))`:\n\n```\w+\n(.*?)```/gs)
  const files = [...blocks].map(([, file = '', code = '']): [string, string] => [file, code])
  expect(files.map(([file]) => file)).toEqual([
    'index.html',
    'main.js',
    'start-worker.js',
    'worker.js',
    'vite.config.js',
    'webpack.config.js',
    'no-bundler.html',
  ])
  return files
}

/** Opens a page and compares the points that it writes with those that Node finds. */
async function expectPoints({ page, errors }: OpenPage, count: number): Promise<void> {
  const pattern = /\{"backend":"(\w+)","points":(\[[^\]]*\])\}/g
  const failure = new Promise<never>((_, reject) => page.on('pageerror', reject))
  if (errors.length > 0) throw new Error(errors.join('\n'))
  const isDone = ({ count }: { readonly count: number }): boolean =>
    (document.body.textContent?.match(/\}/g)?.length ?? 0) >= count
  await Promise.race([page.waitForFunction(isDone, { count }), failure])
  const results = [...((await page.textContent('body')) ?? '').matchAll(pattern)]
  expect(results.map(([, backend]) => backend)).toEqual(Array.from({ length: count }, () => 'wasm'))
  for (const [, , points = ''] of results) {
    const differences = (JSON.parse(points) as number[]).map((value, i) =>
      Math.abs(value - (expectedPoints[i] as number)),
    )
    expect(differences).toHaveLength(136)
    expect(Math.max(...differences)).toBeLessThan(1e-3)
  }
  expect(errors).toEqual([])
}

/** Finds a file of a package that is installed for the tests. */
const resolveFile = (name: string): string => join(TESTS, 'node_modules', name)

const STRICT = { 'content-security-policy': "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'" }

testInChromium('a build of Vite finds the points in the page and in a worker, under a strict policy', async () => {
  const output = join(folder, 'of-vite')
  await run(process.execPath, [resolveFile('vite/bin/vite.js'), 'build', '--outDir', output], { cwd: folder })
  await expectPoints(await openPage({ folders: { '': output }, headers: STRICT }), 2)
})

testInChromium('the development server of Vite does so too', async () => {
  const server = spawn(process.execPath, [resolveFile('vite/bin/vite.js'), '--port', '0'], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
  })
  const ended = once(server, 'close')
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let output = ''
      server.stdout.on('data', (data) => {
        output += data
        const [match] = output.match(/http:\/\/localhost:\d+(?=\/)/) ?? []
        if (match) resolve(match)
      })
      server.on('exit', () => reject(new Error(output)))
    })
    await expectPoints(await openUrl(`${url}/index.html`), 2)
  } finally {
    server.kill()
    await ended
  }
})

testInChromium('webpack', async () => {
  const output = join(folder, 'of-webpack')
  // Code of a development build and without minification: only that differs from the configuration of the guide.
  const script = `
      const webpack = require('webpack')
      const options = { mode: 'development', devtool: false, context: ${JSON.stringify(folder)}, output: { path: ${JSON.stringify(output)} } }
      webpack({ ...require('./webpack.config.js'), ...options }, (error, stats) => {
        const problem = error ?? (stats.hasErrors() ? stats.toString('errors-only') : undefined)
        if (problem) throw new Error(String(problem))
      })`
  writeFileSync(join(folder, 'build.cjs'), script)
  await run(process.execPath, [join(folder, 'build.cjs')], { cwd: folder })
  copyPage(output)
  await expectPoints(await openPage({ folders: { '': output }, headers: STRICT }), 2)
})

testInChromium('esbuild', async () => {
  const output = join(folder, 'of-esbuild')
  const [command = ''] = GUIDE.match(/npx esbuild .*/) ?? []
  const parameters = command.replace('--outdir=dist', `--outdir=${output}`).split(' ').slice(2)
  await run(fileURLToPath(new URL('../../node_modules/.bin/esbuild', import.meta.url)), parameters, { cwd: folder })
  copyPage(output)
  await expectPoints(await openPage({ folders: { '': output }, headers: STRICT }), 2)
})

testInChromium('an import map', async () => {
  const page = readFileSync(join(folder, 'no-bundler.html'), 'utf8')
  // The packages of the workspace in place of those of the network.
  const local = page.replaceAll(/https:\/\/cdn\.jsdelivr\.net\/npm\/((?:@[\w-]+\/)?[\w-]+)(@[\d.]+)?\//g, '/$1/')
  expect(local).not.toContain('https:')
  writeFileSync(join(folder, 'no-bundler.html'), local)
  const landmarker = join(realpathSync(resolveFile('@facekp/landmarker')), 'node_modules')
  const folders = {
    '': folder,
    '@facekp': resolveFile('@facekp'),
    '@tensorflow': resolveFile('@tensorflow'),
    '@noble': join(landmarker, '@noble'),
    zod: join(landmarker, 'zod'),
  }
  await expectPoints(await openPage({ folders }, 'no-bundler.html'), 1)
})

/** Copies the page and its image to the output of a bundler that takes scripts only. */
function copyPage(output: string): void {
  for (const file of ['index.html', 'face.png']) copyFileSync(join(folder, file), join(output, file))
}
