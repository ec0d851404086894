import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { useBackend } from '@facekp/backend'
import { IBUG_68, type Sample } from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { writeImage } from '@facekp/image/node'
import {
  createNetworkLandmarker,
  fitFewShot,
  type LandmarkerModel,
  type LandmarkerSource,
  loadLandmarker,
  packLandmarker,
} from '@facekp/landmarker'
import { createModel } from '@facekp/models'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { hasChromium, testInChromium } from '../../../tests/support/chromium.ts'
import { closeBrowser, type OpenPage, openPage, setBrowserArgs } from '../../../tests/support/start-chromium.ts'
import { checkAccessibility } from './check-accessibility.ts'
import { listLoaded } from './studio-page.ts'
import { writeVideo } from './write-video.ts'

const DIST = fileURLToPath(new URL('../dist', import.meta.url))
const ASSETS = join(DIST, 'assets')
/** Graphics cards round otherwise than processors. */
const BACKEND_TOLERANCE_PX = 0.1

let scratch: string
let sample: Sample
let site: OpenPage
/** What the page and its workers asked for after it was loaded. */
const requests: string[] = []

beforeAll(async () => {
  if (!hasChromium) return
  scratch = mkdtempSync(join(tmpdir(), 'facekp-studio-'))
  sample = await syntheticFaces({ seed: 4, count: 1, scheme: IBUG_68, width: 200, height: 150 }).get(0)
  await writeImage(join(scratch, 'face.png'), sample.image)
  writeFileSync(join(scratch, 'وجه 顔.png'), readFileSync(join(scratch, 'face.png')))
  writeVideo(join(scratch, 'face.y4m'), [sample.image, sample.image])
  await writeRun(join(scratch, 'my-run'))
  setBrowserArgs([
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-video-capture=${join(scratch, 'face.y4m')}`,
  ])
  site = await openPage({ folders: { studio: DIST, '': DIST } }, 'studio/index.html')
  site.page.on('request', (request) => requests.push(request.url()))
  await site.page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
})

afterAll(async () => {
  await closeBrowser()
  if (scratch) rmSync(scratch, { recursive: true })
})

/** Writes the folder of a run. */
async function writeRun(folder: string): Promise<void> {
  mkdirSync(join(folder, 'plots'), { recursive: true })
  const epochs = Array.from({ length: 12 }, (_, i) => ({
    epoch: i + 1,
    trainLoss: 0.5 / (i + 1),
    valLoss: 0.6 / (i + 1),
    valErrorPx: 4 + 6 / (i + 1),
    learningRate: 0.001,
  }))
  writeFileSync(join(folder, 'history.jsonl'), epochs.map((epoch) => `${JSON.stringify(epoch)}\n`).join(''))
  const interval = { value: 0.04, low: 0.03, high: 0.05 }
  const summary = {
    title: 'Drawn faces',
    recipe: 'faces',
    backend: 'wasm',
    data: 'synthetic',
    seed: 1,
    epochs: 12,
    interrupted: false,
    seconds: 60,
    imagesPerSecond: 30,
    meanShapeErrorPx: 20,
    valErrorPx: 4.5,
    nme: interval,
    failureRate: interval,
    auc: interval,
    partErrorsPx: { jaw: 6, 'left eye': 2 },
    model: 'model/model.json',
    report: 'report.html',
    settings: {},
  }
  writeFileSync(join(folder, 'summary.json'), JSON.stringify(summary))
  const faces = Array.from({ length: 30 }, (_, i) => ({ id: `face-${i}.png`, errorPx: i / 3, nme: i / 300 }))
  writeFileSync(join(folder, 'errors.json'), JSON.stringify({ scheme: 'ibug-68', threshold: 0.08, faces }))
  await writeImage(join(folder, 'plots', 'errors.png'), sample.image)
}

/** Presses a button that lets the user choose files, and chooses them. */
async function choose(button: string, paths: string | readonly string[]): Promise<void> {
  const chooser = site.page.waitForEvent('filechooser')
  await site.page.getByRole('button', { name: button, exact: true }).click()
  await (await chooser).setFiles(paths as string | string[])
}

/** Finds the points of the drawn face in Node. */
async function findInNode(source: LandmarkerSource): Promise<number[]> {
  await useBackend('wasm')
  const landmarker = await loadLandmarker(source)
  const { faces } = await landmarker.detect(sample.image)
  landmarker.dispose()
  return [...(faces[0]?.points ?? [])]
}

/** Waits for a landmarker that was opened, and compares its points with those that it finds in Node. */
async function expectSameInNode(name: string, model: LandmarkerModel): Promise<void> {
  const isName = new RegExp(`^${name}$`)
  const choice = site.page.getByLabel('Points', { exact: true }).locator('option:checked', { hasText: isName })
  await choice.waitFor({ state: 'attached' })
  await site.page.getByText(/^Now: wasm/).waitFor()
  await site.page.getByRole('button', { name: 'face.png: 1 face', exact: true }).click()
  await site.page.getByText('1 face', { exact: true }).waitFor()
  expectSame((await copyJson()).faces[0]?.points.flat(), await findInNode(model))
}

/** Reads what "Copy JSON" copies. */
async function copyJson(): Promise<{ image: string; faces: { points: [number, number][] }[] }> {
  // The notice of an earlier copy may still be seen.
  await site.page.evaluate(() => navigator.clipboard.writeText(''))
  await site.page.getByRole('button', { name: 'Copy JSON' }).click()
  await site.page.getByText('Copied as JSON').first().waitFor()
  const text = await site.page.waitForFunction(() => navigator.clipboard.readText())
  return JSON.parse(await text.jsonValue())
}

function expectSame(points: readonly number[] | undefined, expected: readonly number[], tolerance = 0.02): void {
  expect(points).toHaveLength(expected.length)
  expect(Math.max(...(points ?? []).map((value, i) => Math.abs(value - (expected[i] as number))))).toBeLessThan(
    tolerance,
  )
}

const overflows = (): Promise<boolean> =>
  site.page.evaluate(() => (document.scrollingElement?.scrollWidth ?? 0) > innerWidth)

/** Adds up the sizes of scripts, compressed by gzip, in bytes. */
function sumSizes(scripts: readonly string[]): number {
  const sizes = scripts.map((name) => gzipSync(readFileSync(join(ASSETS, name))).length)
  return sizes.reduce((a, b) => a + b, 0)
}

test('the scripts have at most 300 kB, without weights and kernels of TensorFlow.js', () => {
  expect(existsSync(join(DIST, 'index.html'))).toBe(true)
  const scripts = readdirSync(ASSETS).filter((name) => name.endsWith('.js') && !/embedded|^tfjs-/.test(name))
  expect(sumSizes(scripts)).toBeLessThan(300_000)
})

describe('Try', () => {
  testInChromium('shows what to do with at most 60 kB of scripts, before TensorFlow.js is loaded', async () => {
    await site.page.getByText('Find the points of a face').waitFor()
    const loaded = await listLoaded(site.page)
    expect([...loaded, ...requests].filter((url) => /worker|tfjs|embedded/.test(url))).toEqual([])
    const scripts = loaded.filter((url) => url.endsWith('.js')).map((url) => basename(url))
    // That of the page, and that of the view.
    expect(scripts).toEqual(
      expect.arrayContaining([expect.stringMatching(/^index-/), expect.stringMatching(/^try-view-/)]),
    )
    expect(sumSizes(scripts)).toBeLessThan(60_000)
    expect(await checkAccessibility(site)).toEqual([])
  })

  testInChromium('finds the points that Node finds, and copies them as JSON', async () => {
    await choose('Open images', [join(scratch, 'face.png'), join(scratch, 'وجه 顔.png')])
    await site.page.getByText('1 face', { exact: true }).waitFor()
    const { image, faces } = await copyJson()
    expect(image).toBe('face.png')
    expectSame(faces[0]?.points.flat(), await findInNode('ibug-68'))
    await site.page.keyboard.press('ArrowRight')
    await site.page.getByRole('button', { name: 'وجه 顔.png: 1 face', pressed: true }).waitFor()
    expect(await checkAccessibility(site)).toEqual([])
  })

  testInChromium('saves a drawn PNG in the size of the image', async () => {
    const download = site.page.waitForEvent('download')
    await site.page.getByRole('button', { name: 'Save PNG' }).click()
    const file = await (await download).path()
    expect((await download).suggestedFilename()).toBe('وجه 顔-points.png')
    const bytes = readFileSync(file)
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([200, 150])
  })

  testInChromium('takes a landmarker of one’s own, and names a file that is damaged', async () => {
    writeFileSync(join(scratch, 'broken.zip'), 'PK\u0003\u0004')
    await choose('Zip', join(scratch, 'broken.zip'))
    await site.page.getByRole('alert').getByText('zip is damaged').waitFor()
    await site.page.getByRole('button', { name: 'Close the message' }).last().click()

    await useBackend('wasm')
    const faces = syntheticFaces({ seed: 4, count: 3, scheme: IBUG_68, width: 200, height: 150 })
    const { model } = await fitFewShot(faces, { tta: false, refine: false })
    writeFileSync(join(scratch, 'mine.zip'), await packLandmarker(model))
    await choose('Zip', join(scratch, 'mine.zip'))
    await expectSameInNode('mine', model)
  })

  testInChromium('takes a network that was trained', async () => {
    await useBackend('wasm')
    const network = createModel('heatmapNet16', { numKeypoints: 68 })
    const model = await createNetworkLandmarker(network, {
      scheme: IBUG_68,
      crop: { kind: 'upright', shiftX: 0, shiftY: 0, margin: 0.2, aspectRatio: 1 },
      metrics: { source: 'testSet', images: 1, errorPx: 1, errorPxByPoint: IBUG_68.pointNames.map(() => 1) },
    })
    writeFileSync(join(scratch, 'network.zip'), await packLandmarker(model))
    await choose('Zip', join(scratch, 'network.zip'))
    await expectSameInNode('network', model)
  })

  testInChromium('says what can be dropped if something else is', async () => {
    const { page } = site
    const transfer = await page.evaluateHandle(() => {
      const data = new DataTransfer()
      data.items.add(new File(['hello'], 'notes.txt', { type: 'text/plain' }))
      return data
    })
    await page.dispatchEvent('.workspace', 'drop', { dataTransfer: transfer })
    const alert = page.getByRole('alert')
    await alert.getByText('No image among these files').waitFor()
    expect(await alert.textContent()).toContain('Received notes.txt.')
    await alert.getByRole('button', { name: 'Close the message' }).click()
  })

  testInChromium('finds by webgl and webgpu the points that wasm finds', async () => {
    await site.page.getByLabel('Points', { exact: true }).selectOption({ label: '68 points (iBUG)' })
    // Each backend finds the faces of all images once more.
    await site.page.getByRole('button', { name: 'Clear' }).click()
    await choose('Open images', join(scratch, 'face.png'))
    const expected = await findInNode('ibug-68')
    for (const backend of ['webgl', 'webgpu']) {
      await site.page.getByLabel('Runs on').selectOption(backend)
      await site.page.getByText(`Now: ${backend}`).waitFor()
      await site.page.getByText('1 face', { exact: true }).waitFor()
      expectSame((await copyJson()).faces[0]?.points.flat(), expected, BACKEND_TOLERANCE_PX)
    }
    await site.page.getByLabel('Runs on').selectOption('auto')
    await site.page.getByText('Now: wasm').waitFor()
  })

  testInChromium('says what it runs on if a browser has no WebGPU', async () => {
    const page = await site.page.context().newPage()
    await page.route(/\/worker-[^/]*\.js$/, async (route) => {
      const response = await route.fetch()
      const body = `Object.defineProperty(WorkerNavigator.prototype, 'gpu', { value: undefined });${await response.text()}`
      await route.fulfill({ response, body })
    })
    await page.goto(site.page.url())
    await page.getByRole('button', { name: 'Try drawn faces' }).click()
    await page.getByText(/^Now: wasm/).waitFor()
    await page.getByText(/^webgpu is not used: /).waitFor()
    await page.getByLabel('Runs on').selectOption('webgpu')
    await page.getByRole('alert').getByText('Faces are found as before, on wasm.').waitFor()
    expect(await page.getByLabel('Runs on').inputValue()).toBe('auto')
    await page.close()
  })

  testInChromium('follows the face of the webcam', async () => {
    await site.page.keyboard.press('w')
    await site.page.getByText('frames per second').waitFor()
    await site.page.getByText('1 face', { exact: true }).waitFor()
    await site.page.getByLabel('Smooth points').uncheck()
    expect((await copyJson()).image).toBe('webcam')
    await site.page.keyboard.press('w')
    await site.page.getByText('frames per second').waitFor({ state: 'detached' })
  })
})

testInChromium('Look shows the curves, metrics and worst faces of a run', async () => {
  const { page } = site
  await page.keyboard.press('Alt+4')
  await page.getByText('Look into a training').waitFor()
  await choose('Open the folder of a run', join(scratch, 'my-run'))
  await page.getByRole('heading', { name: 'Drawn faces' }).waitFor()
  expect(await page.getByRole('img', { name: /^Loss by epoch: training from 0\.5/ }).count()).toBe(1)
  const reader = page.getByRole('slider', { name: 'Values of Loss' })
  await reader.focus()
  await page.keyboard.press('ArrowRight')
  expect(await reader.getAttribute('aria-valuetext')).toBe('epoch 2: training 0.25, validation 0.3')
  await page.getByRole('button', { name: 'Show all 30' }).click()
  expect(await page.getByText('face-0.png').count()).toBe(1)
  expect(await checkAccessibility(site)).toEqual([])
})

testInChromium('the keyboard reaches the help, the colors and every view', async () => {
  const { page } = site
  await page.keyboard.press('?')
  await page.getByRole('heading', { name: 'Keyboard shortcuts' }).waitFor()
  expect(await checkAccessibility(site)).toEqual([])
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^Colors: system/ }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: /^Colors: light/ }).waitFor()
  for (const [i, title] of ['Try', 'Label', 'Fit', 'Look'].entries()) {
    await page.keyboard.press(`Alt+${i + 1}`)
    await page.getByRole('heading', { name: title, exact: true, level: 1 }).waitFor()
  }
})

testInChromium('a click beside a dialog closes it, a selection of text that ends there does not', async () => {
  const { page } = site
  await page.keyboard.press('?')
  const heading = page.getByRole('heading', { name: 'Keyboard shortcuts' })
  const title = await heading.boundingBox()
  if (!title) throw new Error('the dialog has no title')
  const y = title.y + title.height / 2
  await page.mouse.move(title.x + title.width - 2, y)
  await page.mouse.down()
  await page.mouse.move(5, y, { steps: 3 })
  await page.mouse.up()
  expect(await page.evaluate(() => getSelection()?.toString())).toContain('shortcuts')
  expect(await heading.isVisible()).toBe(true)
  await page.mouse.click(5, y)
  await heading.waitFor({ state: 'hidden' })
})

testInChromium('no view is wider than a phone', async () => {
  await site.page.setViewportSize({ width: 360, height: 740 })
  for (let i = 1; i <= 4; i++) {
    await site.page.keyboard.press(`Alt+${i}`)
    await site.page.locator('.workspace').waitFor()
    expect(await overflows()).toBe(false)
  }
})

testInChromium('no request leaves the page’s origin, and nothing is refused by its policy', async () => {
  const origin = new URL(site.page.url()).origin
  const urls = [...(await listLoaded(site.page)), ...requests]
  expect(urls.filter((url) => new URL(url).origin !== origin && !url.startsWith(`blob:${origin}`))).toEqual([])
  expect(site.errors).toEqual([])
})
