import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { useBackend } from '@facekp/backend'
import { IBUG_68 } from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { readImage, writeImage } from '@facekp/image/node'
import { loadLandmarker } from '@facekp/landmarker/node'
import { afterAll, beforeAll, expect } from '@jest/globals'
import { type RunningServer, startServer } from '../../../packages/facekp/src/command/studio/start-server.ts'
import { hasChromium, testInChromium } from '../../../tests/support/chromium.ts'
import { closeBrowser, type OpenPage, openUrl, type Page } from '../../../tests/support/start-chromium.ts'
import { checkAccessibility } from './check-accessibility.ts'
import { closeTabs } from './close-tabs.ts'
import { chooseFiles, listLoaded, pressByKeyboard, readStoredImages, saveDownload } from './studio-page.ts'

const DIST = fileURLToPath(new URL('../dist', import.meta.url))
const FACES = 4
const SIZE = { width: 200, height: 150 }
/** Nose tip of the six points that the page proposes. */
const NOSE = 2

let scratch: string
let files: string[]
let server: RunningServer
let site: OpenPage
let page: Page
/** What the page and its workers asked for after it was loaded. */
const requests: string[] = []

beforeAll(async () => {
  if (!hasChromium) return
  scratch = mkdtempSync(join(tmpdir(), 'facekp-story-'))
  files = Array.from({ length: FACES }, (_, i) => join(scratch, `face-${i}.png`))
  const faces = syntheticFaces({ seed: 4, count: FACES, scheme: IBUG_68, ...SIZE })
  for (const [i, file] of files.entries()) await writeImage(file, (await faces.get(i)).image)
  // With the headers of `facekp studio`, such as its Content-Security-Policy.
  server = await startServer(DIST, { port: 0 })
  site = await openUrl(`${server.url}#label`)
  page = site.page
  page.on('request', (request) => requests.push(request.url()))
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
})

afterAll(async () => {
  await closeBrowser()
  await server?.close()
  if (scratch) rmSync(scratch, { recursive: true })
})

const findImageButton = (index: number, state: string): ReturnType<Page['getByRole']> =>
  page.getByRole('button', { name: `face-${index}.png, ${state}`, exact: true })

/** Reads where the page has stored a point of the first face of an image. */
async function readPoint(image: number, point: number): Promise<{ x: number; y: number; state: string }> {
  const stored = (await readStoredImages(page))[image]?.faces[0]?.points[point]
  if (!stored) throw new Error(`image ${image} has no point ${point}`)
  return stored
}

testInChromium('Label proposes the points of images that were chosen by the keyboard', async () => {
  expect(await checkAccessibility(site)).toEqual([])
  await chooseFiles(page, files, () => pressByKeyboard(page, 'Choose images'))
  await page.getByRole('heading', { name: `Points for ${FACES} images` }).waitFor()
  expect(await checkAccessibility(site)).toEqual([])
  await pressByKeyboard(page, 'Start labeling')
  for (let i = 0; i < FACES; i++) await findImageButton(i, 'open').waitFor()
  expect(await checkAccessibility(site)).toEqual([])
})

testInChromium('a point is dragged to where the pointer lets it go', async () => {
  const before = await readPoint(0, NOSE)
  const canvas = await page.locator('.label-stage canvas').boundingBox()
  if (!canvas) throw new Error('the page shows no image')
  const scale = Math.min(canvas.width / SIZE.width, canvas.height / SIZE.height)
  // Keypoints count from the center of the first pixel.
  const x = canvas.x + canvas.width / 2 + (before.x + 0.5 - SIZE.width / 2) * scale
  const y = canvas.y + canvas.height / 2 + (before.y + 0.5 - SIZE.height / 2) * scale
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move(x - 12, y + 20, { steps: 3 })
  await page.mouse.up()
  const after = await readPoint(0, NOSE)
  expect(after.state).toBe('corrected')
  expect(Math.hypot(after.x - before.x + 12 / scale, after.y - before.y - 20 / scale)).toBeLessThan(1 / scale)
  // The keys of the view work after a click on a button too, also one that opened a dialog.
  await page.getByRole('button', { name: 'Export' }).click()
  await page.keyboard.press('Escape')
  await findImageButton(0, 'open').click()
  await page.keyboard.press('Enter')
  await findImageButton(0, 'confirmed').waitFor()
})

testInChromium('the keyboard alone moves, hides, takes away, places again, undoes and confirms', async () => {
  const before = await readPoint(1, NOSE)
  for (const key of ['n', 'n', 'ArrowRight', 'ArrowRight', 'Shift+ArrowUp', 'h']) await page.keyboard.press(key)
  expect(await readPoint(1, NOSE)).toEqual({ x: before.x + 2, y: before.y - 10, state: 'hidden' })
  for (const key of ['Delete', 'ArrowDown']) await page.keyboard.press(key)
  // In the middle of the image that is shown.
  expect(await readPoint(1, NOSE)).toEqual({ x: SIZE.width / 2 - 0.5, y: SIZE.height / 2 - 0.5, state: 'corrected' })
  for (const key of ['Control+z', 'Control+z', 'Control+z']) await page.keyboard.press(key)
  expect(await readPoint(1, NOSE)).toEqual({ x: before.x + 2, y: before.y - 10, state: 'corrected' })
  await page.keyboard.press('Control+Shift+z')
  expect((await readPoint(1, NOSE)).state).toBe('hidden')
  for (let i = 1; i < FACES; i++) {
    await page.keyboard.press('Enter')
    await findImageButton(i, 'confirmed').waitFor()
  }
})

testInChromium(
  'Fit measures the labels, and fits by the keyboard a landmarker that finds the same in Node',
  async () => {
    await page.keyboard.press('Alt+3')
    await page.getByRole('heading', { name: 'Error of each point' }).waitFor()
    expect(await checkAccessibility(site)).toEqual([])
    await pressByKeyboard(page, 'Fit the landmarker')
    await page.getByRole('button', { name: 'Fit again' }).waitFor()
    expect(await checkAccessibility(site)).toEqual([])
    const saved = join(scratch, 'landmarker.zip')
    await saveDownload(page, saved, () => pressByKeyboard(page, 'Save'))
    await pressByKeyboard(page, 'Try it')
    await page.getByText(/^Now: wasm/).waitFor()
    await chooseFiles(page, files.slice(3), () => pressByKeyboard(page, 'Open images'))
    await page.getByText('1 face', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Copy JSON' }).click()
    await page.getByText('Copied as JSON').waitFor()
    const { faces } = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()))

    await useBackend('wasm')
    const landmarker = await loadLandmarker(saved)
    const { faces: expected } = await landmarker.detect(await readImage(files[3] as string))
    landmarker.dispose()
    const points = [...(expected[0]?.points ?? [])]
    expect(points).toHaveLength(12)
    const differences = faces[0].points
      .flat()
      .map((value: number, i: number) => Math.abs(value - (points[i] as number)))
    expect(Math.max(...differences)).toBeLessThan(1e-3)
  },
)

testInChromium('labels that are exported as COCO and imported again are the same', async () => {
  await page.keyboard.press('Alt+2')
  const stored = await readStoredImages(page)
  await pressByKeyboard(page, 'Export')
  await page.getByRole('heading', { name: 'Export and import' }).waitFor()
  expect(await checkAccessibility(site)).toEqual([])
  const coco = join(scratch, 'labels.json')
  await saveDownload(page, coco, () => pressByKeyboard(page, 'Save'))
  const { images, annotations } = JSON.parse(readFileSync(coco, 'utf8'))
  expect(images.map(({ file_name }: { file_name: string }) => file_name)).toEqual(stored.map(({ file }) => file))
  for (const [i, { keypoints }] of annotations.entries()) {
    const points = stored[i]?.faces[0]?.points ?? []
    expect(keypoints).toEqual(points.flatMap(({ x, y, state }) => [x, y, state === 'hidden' ? 1 : 2]))
  }
  await page.keyboard.press('Escape')
  for (const key of ['PageUp', 'Shift+ArrowLeft', 'n', 'h', 'n', 'Delete']) await page.keyboard.press(key)
  const changed = await readStoredImages(page)
  await pressByKeyboard(page, 'Export')
  await chooseFiles(page, [coco], () => pressByKeyboard(page, 'Import labels'))
  await page.getByText(`${FACES} faces were imported`).waitFor()
  // Keys undo once the dialog is closed.
  await page.getByRole('heading', { name: 'Export and import' }).waitFor({ state: 'hidden' })
  const imported = await readStoredImages(page)
  const listPoints = (records: typeof stored): number[][] =>
    records.map(({ faces }) =>
      (faces[0]?.points ?? []).flatMap(({ x, y, state }) => [x, y, Number(state === 'hidden')]),
    )
  for (const [i, points] of listPoints(imported).entries()) {
    const expected = listPoints(stored)[i] as number[]
    expect(points).toHaveLength(expected.length)
    expect(Math.max(...points.map((value, k) => Math.abs(value - (expected[k] as number))))).toBeLessThan(1e-4)
  }
  await page.keyboard.press('Control+z')
  expect(listPoints(await readStoredImages(page))).toEqual(listPoints(changed))
  await page.keyboard.press('Control+Shift+z')
  expect(listPoints(await readStoredImages(page))).toEqual(listPoints(imported))
})

testInChromium('a fit ends when its project is closed', async () => {
  await pressByKeyboard(page, 'Go on to Fit')
  await pressByKeyboard(page, 'Fit again')
  await page.getByRole('button', { name: 'Stop' }).waitFor()
  await page.keyboard.press('Alt+2')
  await pressByKeyboard(page, 'Close the project; it stays in this browser')
  await page.locator('.project').click()
  await page.keyboard.press('Alt+3')
  await page.getByRole('button', { name: 'Fit again' }).waitFor()
  expect(await page.getByRole('button', { name: 'Stop' }).count()).toBe(0)
  // A fit needs the images, which a project that was closed has to open again.
  await chooseFiles(page, files, () => page.getByRole('button', { name: 'Open the images' }).click())
  await page.getByRole('heading', { name: 'Error of each point' }).waitFor()
  expect(await page.getByRole('button', { name: 'Open the images' }).count()).toBe(0)
})

testInChromium('no request leaves the origin, and the policy of facekp studio refuses nothing', async () => {
  const origin = new URL(server.url).origin
  expect(requests.length).toBeGreaterThan(0)
  const urls = [...(await listLoaded(page)), ...requests]
  expect(urls.filter((url) => new URL(url).origin !== origin && !url.startsWith(`blob:${origin}`))).toEqual([])
  expect(site.errors).toEqual([])
})

testInChromium('no label is lost if tabs are closed or crash at random moments', async () => {
  const context = page.context()
  await page.close()
  const { changes, lost } = await closeTabs({ context, url: `${server.url}#label`, files, count: 5, seed: 1 })
  expect(changes).toBeGreaterThan(5)
  expect(lost).toBe(0)
})
