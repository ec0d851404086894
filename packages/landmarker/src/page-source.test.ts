import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, test } from '@jest/globals'
import { build } from 'esbuild'
import { requirement, testIf } from '../../../tests/support/require.ts'
import { isPageSource } from './page-source.ts'

const CHROMIUM = '/usr/bin/chromium'
const hasBrowser = existsSync(CHROMIUM)
if (!hasBrowser && requirement('browser')) throw new Error(`FACEKP_REQUIRE: expected a browser at ${CHROMIUM}`)

/** RGBA of 4 x 2 pixels. */
const PIXELS = Array.from({ length: 4 * 4 * 2 }, (_, i) => (i % 4 === 3 ? 255 : (37 * i) % 256))
const RGB = PIXELS.filter((_, i) => i % 4 !== 3)

const PROGRAM = `
import { toImage } from '${fileURLToPath(new URL('image-source.ts', import.meta.url))}'

const pixels = new ImageData(Uint8ClampedArray.from(${JSON.stringify(PIXELS)}), 4, 2)

async function run() {
  const canvas = document.createElement('canvas')
  canvas.width = 4
  canvas.height = 2
  canvas.getContext('2d').putImageData(pixels, 0, 0)
  const offscreen = new OffscreenCanvas(4, 2)
  offscreen.getContext('2d').putImageData(pixels, 0, 0)
  // Shown larger than it is.
  const image = new Image(40, 20)
  image.src = canvas.toDataURL('image/png')
  await image.decode()
  const frame = new VideoFrame(canvas, { timestamp: 0 })
  const bitmap = await createImageBitmap(pixels)
  const results = {}
  for (const source of [canvas, offscreen, image, frame, bitmap]) {
    const { data, width, height, channels } = await toImage(source)
    results[source.constructor.name] = { data: [...data], width, height, channels }
  }
  results.HTMLVideoElement = await readVideo()
  frame.close()
  bitmap.close()
  const errors = []
  for (const source of [frame, bitmap, new Image(40, 20), document.createElement('video'), document.body]) {
    await toImage(source).catch(({ code, problem }) => errors.push({ code, problem }))
  }
  return { results, errors }
}

/** Plays a canvas of one color. */
async function readVideo() {
  const canvas = document.createElement('canvas')
  canvas.width = 64
  canvas.height = 48
  const context = canvas.getContext('2d')
  const video = document.createElement('video')
  video.muted = true
  video.srcObject = canvas.captureStream()
  context.fillStyle = 'rgb(200, 100, 50)'
  context.fillRect(0, 0, 64, 48)
  await video.play()
  const { data, width, height, channels } = await toImage(video)
  return { data: [...data.slice(-3)], width, height, channels }
}

run().then(
  (result) => { document.body.textContent = JSON.stringify(result) },
  (error) => { document.body.textContent = JSON.stringify(String(error && error.stack)) },
)
`

/** Runs a program in Chromium and returns what it writes into its page. */
async function runInBrowser(program: string): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'facekp-page-'))
  const page = join(folder, 'page.html')
  await build({
    stdin: { contents: program, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    outfile: join(folder, 'page.js'),
    bundle: true,
    format: 'iife',
    conditions: ['@facekp/source'],
    // Decodes files, which this program has none of.
    external: ['@facekp/image'],
    logLevel: 'error',
  })
  writeFileSync(page, '<!doctype html><meta charset="utf-8"><body><script src="page.js"></script></body>')
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--virtual-time-budget=60000', '--dump-dom']
  const dom = execFileSync(CHROMIUM, [...flags, pathToFileURL(page).href], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  rmSync(folder, { recursive: true })
  return JSON.parse((dom.match(/<body>(.*)<\/body>/s) as RegExpMatchArray)[1] as string)
}

testIf(hasBrowser, 'chromium')('reads the pixels of what a page shows, and names what has none', async () => {
  const image = { data: RGB, width: 4, height: 2, channels: 3 }
  const code = 'LANDMARKER_IMAGE'
  expect(await runInBrowser(PROGRAM)).toEqual({
    results: {
      HTMLCanvasElement: image,
      OffscreenCanvas: image,
      HTMLImageElement: image,
      VideoFrame: image,
      ImageBitmap: image,
      // Videos may round colors.
      HTMLVideoElement: {
        data: [200, 100, 50].map((value) => expect.closeTo(value, -1)),
        width: 64,
        height: 48,
        channels: 3,
      },
    },
    errors: [
      { code, problem: 'this VideoFrame has no pixels' },
      { code, problem: 'this ImageBitmap has no pixels' },
      { code, problem: 'this HTMLImageElement has no pixels' },
      { code, problem: 'this HTMLVideoElement has no pixels' },
      { code, problem: 'invalid image' },
    ],
  })
})

test.each([{}, [], { width: 3, height: 3 }, new Uint8Array(3)])('in Node, %p is no page source', (value) => {
  expect(isPageSource(value)).toBe(false)
})
