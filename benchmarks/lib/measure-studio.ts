import { linkSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { IBUG_68, type Image, pointAt, type Sample } from '@facekp/core'
import { writeImage } from '@facekp/image/node'
import { type ClosedTabs, closeTabs } from '../../apps/studio/tests/close-tabs.ts'
import { chooseFiles, readStoredImages } from '../../apps/studio/tests/studio-page.ts'
import { openUrl, type Page } from '../../tests/support/start-chromium.ts'
import { ACTIONS, KEYSTROKE_LEVEL } from './keystroke-level.ts'
import { median } from './peer.ts'

/** The build of the page. */
export const STUDIO_DIST: string = fileURLToPath(new URL('../../apps/studio/dist', import.meta.url))

/** Outer eye corners, nose tip, corners of the mouth and chin, the points that the page proposes, among the 68 of iBUG. */
const SIX_POINTS = [36, 45, 30, 48, 54, 8]
const TIMEOUT_MS = 1_200_000

/** Opens a page in a context of its own, without what others stored. */
async function open(url: string): Promise<Page> {
  const { page } = await openUrl(url)
  page.setDefaultTimeout(TIMEOUT_MS)
  return page
}

/** How long something took: by the clock, and in processor time of all processes of Chromium. */
export interface Duration {
  readonly seconds: number
  /** Grows little if other programs use the machine at the same time. */
  readonly cpuSeconds: number
}

async function time(work: () => Promise<unknown>): Promise<Duration> {
  const cpuStart = readChromium().cpuSeconds
  const start = performance.now()
  await work()
  return { seconds: (performance.now() - start) / 1000, cpuSeconds: readChromium().cpuSeconds - cpuStart }
}

async function createProject(page: Page, files: readonly string[]): Promise<void> {
  await chooseFiles(page, files, () => page.getByRole('button', { name: 'Choose images' }).click())
  await page.getByRole('button', { name: 'Start labeling' }).click()
}

/** The way from images to a landmarker, by a script that takes the time of a person for each of its actions. */
export interface StoryMeasures {
  /** From the images to all faces with points, while the first ones are labeled. */
  readonly prelabel: Duration
  /** From the click on Fit to the landmarker. */
  readonly fullFit: Duration
  /** Seconds of the person: looks, keys, clicks and drags. */
  readonly workSeconds: number
  /** Seconds of all of it: the work, and the time in which the person waited for the page. */
  readonly totalSeconds: number
  /** Points that were dragged, because they were off by more than the tolerance. */
  readonly corrections: number
}

export interface StoryOptions {
  readonly url: string
  readonly samples: readonly Sample[]
  /** The images of the samples. */
  readonly files: readonly string[]
  /** Largest error of a point that is left as it is, relative to the distance of the outer eye corners. */
  readonly tolerance: number
}

/** Labels faces in the page at the pace of a person, who drags each point that is off, and fits a landmarker. */
export async function measureStory({ url, samples, files, tolerance }: StoryOptions): Promise<StoryMeasures> {
  const page = await open(`${url}#label`)
  const person = createPerson(page)
  let corrections = 0
  let prelabel: Promise<Duration> | undefined
  let fullFit: Duration | undefined
  const { seconds: totalSeconds } = await time(async () => {
    await chooseFiles(page, files, () => page.getByRole('button', { name: 'Choose images' }).click())
    await person.act(ACTIONS.click, () => page.getByRole('button', { name: 'Start labeling' }).click())
    prelabel = time(() => page.getByText('Finding faces').waitFor({ state: 'detached' }))
    for (const [i, sample] of samples.entries()) {
      await page.getByRole('button', { name: `${basename(files[i] as string)}, open` }).waitFor()
      corrections += await correctPoints(page, i, { person, sample, tolerance })
      await person.act(KEYSTROKE_LEVEL.key, () => page.keyboard.press('Enter'))
    }
    await person.act(ACTIONS.click, () => page.evaluate('location.hash = "fit"'))
    await person.act(ACTIONS.click, () => page.getByRole('button', { name: 'Fit the landmarker' }).click())
    fullFit = await time(() => page.getByRole('button', { name: 'Fit again' }).waitFor())
  })
  const measures = { prelabel: (await prelabel) as Duration, fullFit: fullFit as Duration }
  await page.context().close()
  return { ...measures, workSeconds: person.seconds(), totalSeconds, corrections }
}

/** Who works in a page at the pace of the keystroke-level model. */
interface Person {
  /** Waits as long as a person needs for an action, and does it. */
  readonly act: (seconds: number, work: () => Promise<unknown>) => Promise<void>
  /** Sum of the seconds of all actions. */
  readonly seconds: () => number
}

function createPerson(page: Page): Person {
  let sum = 0
  return {
    async act(seconds, work) {
      sum += seconds
      await page.waitForTimeout(1000 * seconds)
      await work()
    },
    seconds: () => sum,
  }
}

interface CorrectionOptions {
  readonly person: Person
  readonly sample: Sample
  readonly tolerance: number
}

/** Looks at a face and drags its wrong points, one after the other; returns their number. */
async function correctPoints(
  page: Page,
  index: number,
  { person, sample, tolerance }: CorrectionOptions,
): Promise<number> {
  await person.act(KEYSTROKE_LEVEL.look, async () => undefined)
  for (let corrections = 0; ; corrections++) {
    // A fit that ends meanwhile moves the points that were not dragged.
    const points = (await readStoredImages(page))[index]?.faces[0]?.points ?? []
    const wrong = points.flatMap(({ x, y }, point) => {
      const target = pointAt(sample.keypoints, SIX_POINTS[point] as number)
      const isWrong = Math.hypot(x - target[0], y - target[1]) > tolerance * measureEyes(sample)
      return isWrong ? [{ from: [x, y] as const, target }] : []
    })
    const [first] = wrong
    if (!first) return corrections
    await person.act(ACTIONS.drag, () => dragPoint(page, sample.image, first))
  }
}

type Place = readonly [x: number, y: number]

/** Drags a point of the image on screen; the image may have moved since the last one, as by a message that has gone. */
async function dragPoint(
  page: Page,
  { width, height }: Image,
  { from, target }: { readonly from: Place; readonly target: Place },
): Promise<void> {
  const box = await page.locator('.label-stage canvas').boundingBox()
  if (!box) throw new Error('the page shows no image')
  const scale = Math.min(box.width / width, box.height / height)
  const toPage = ([x, y]: Place): Place => [
    box.x + box.width / 2 + (x + 0.5 - width / 2) * scale,
    box.y + box.height / 2 + (y + 0.5 - height / 2) * scale,
  ]
  await page.mouse.move(...toPage(from))
  await page.mouse.down()
  await page.mouse.move(...toPage(target), { steps: 3 })
  await page.mouse.up()
}

/** Computes the distance of the outer eye corners, in pixels. */
export function measureEyes({ keypoints }: Sample): number {
  const [a, b] = IBUG_68.normalizationPair as readonly [number, number]
  const [ax, ay] = pointAt(keypoints, a)
  const [bx, by] = pointAt(keypoints, b)
  return Math.hypot(ax - bx, ay - by)
}

/** Bytes of the scripts, compressed by gzip. */
export interface ScriptSizes {
  /** Without weights and kernels of TensorFlow.js. */
  readonly totalBytes: number
  /** Those that the first view loads. */
  readonly firstBytes: number
}

/** Measures the scripts of the build. */
export async function measureScripts(url: string): Promise<ScriptSizes> {
  const folder = join(STUDIO_DIST, 'assets')
  const sizes = new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith('.js'))
      .map((name) => [name, gzipSync(readFileSync(join(folder, name))).length]),
  )
  const page = await open(url)
  await page.getByText('Find the points of a face').waitFor()
  const loaded: string[] = await page.evaluate(`performance.getEntriesByType('resource').map(({ name }) => name)`)
  await page.context().close()
  const sum = (names: readonly string[]): number => names.reduce((bytes, name) => bytes + (sizes.get(name) ?? 0), 0)
  return {
    totalBytes: sum([...sizes.keys()].filter((name) => !/embedded|^tfjs-/.test(name))),
    firstBytes: sum(loaded.map((address) => basename(new URL(address).pathname))),
  }
}

const PAINTS = 9

/** Measures the median time from the start of the navigation to the first content on the screen, in seconds. */
export async function measureFirstPaint(url: string): Promise<number> {
  const seconds: number[] = []
  for (let i = 0; i < PAINTS; i++) {
    const page = await open(url)
    await page.getByText('Find the points of a face').waitFor()
    const milliseconds: number = await page.evaluate(`new Promise((resolve) => {
      new PerformanceObserver((list) => {
        for (const { name, startTime } of list.getEntries()) if (name === 'first-contentful-paint') resolve(startTime)
      }).observe({ type: 'paint', buffered: true })
    })`)
    seconds.push(milliseconds / 1000)
    await page.context().close()
  }
  return median(seconds)
}

const RATE_SECONDS = 15

/** How fast the page follows a face of the webcam. */
export interface WebcamMeasures {
  readonly framesPerSecond: number
  /** Processor time of all processes of Chromium for each frame, drawing included. */
  readonly cpuMillisecondsPerFrame: number
}

/** Measures how fast the page follows a face of the webcam on wasm. */
export async function measureWebcam(url: string): Promise<WebcamMeasures> {
  const page = await open(url)
  await page.getByLabel('Runs on').selectOption('wasm')
  await page.getByText(/^Now: wasm/).waitFor()
  await page.getByRole('button', { name: 'Use the webcam' }).click()
  await page.getByText('1 face', { exact: true }).waitFor()
  await page.waitForTimeout(3000)
  // The page makes one bitmap of each frame.
  await page.evaluate(`{
    const { createImageBitmap } = globalThis
    globalThis.createImageBitmap = (...values) => (globalThis.frameCount = (globalThis.frameCount ?? 0) + 1, createImageBitmap(...values))
  }`)
  const { seconds, cpuSeconds } = await time(() => page.waitForTimeout(1000 * RATE_SECONDS))
  const frames: number = await page.evaluate('globalThis.frameCount')
  await page.context().close()
  return { framesPerSecond: frames / seconds, cpuMillisecondsPerFrame: (1000 * cpuSeconds) / frames }
}

/** Confirms all faces of a project, and closes or kills tabs while they label. */
export async function measureClosedTabs(
  url: string,
  { files, count }: { readonly files: readonly string[]; readonly count: number },
): Promise<ClosedTabs> {
  const page = await open(`${url}#label`)
  await createProject(page, files)
  await page.getByText('Finding faces').waitFor({ state: 'detached' })
  for (const _ of files) await page.keyboard.press('Enter')
  const context = page.context()
  await page.close()
  const closed = await closeTabs({ context, url: `${url}#label`, files, count, seed: 1 })
  await context.close()
  return closed
}

/** What the page holds in memory, in bytes. */
export interface PhotoMeasures {
  readonly photos: number
  readonly seconds: number
  /** JavaScript objects, without those of the worker, after the garbage was collected. */
  readonly heapBytes: number
  /** Resident memory of all processes of Chromium at its highest, in steps of a second. */
  readonly peakBytes: number
}

/** Opens many photographs of 12 megapixels in Label, which finds the faces in each, and steps through some of them. */
export async function measurePhotos(
  url: string,
  { image, folder, count }: { readonly image: Image; readonly folder: string; readonly count: number },
): Promise<PhotoMeasures> {
  mkdirSync(folder)
  const first = join(folder, 'photo-0.jpg')
  await writeImage(first, image)
  const files = Array.from({ length: count }, (_, i) => join(folder, `photo-${i}.jpg`))
  for (const file of files.slice(1)) linkSync(first, file)
  const page = await open(`${url}#label`)
  const session = await page.context().newCDPSession(page)
  let peakBytes = 0
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, readChromium().residentBytes)
  }, 1000)
  const { seconds } = await time(async () => {
    await createProject(page, files)
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press('PageDown')
      await page.waitForTimeout(250)
    }
    await page.getByText('Finding faces').waitFor({ state: 'detached' })
  })
  clearInterval(timer)
  await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  await page.context().close()
  return { photos: count, seconds, heapBytes: usedSize, peakBytes }
}

/** Reads memory and processor time of the processes of Chromium, those below this one. */
function readChromium(): { readonly residentBytes: number; readonly cpuSeconds: number } {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        return [parseProcess(Number(name), readFileSync(`/proc/${name}/stat`, 'utf8'))]
      } catch {
        // It has ended.
        return []
      }
    })
  const ids = new Set([process.pid])
  const below = processes
    .sort((a, b) => a.id - b.id)
    .filter(({ id, parent }) => {
      if (ids.has(parent)) ids.add(id)
      return ids.has(parent)
    })
  return {
    residentBytes: below.reduce((sum, { residentBytes }) => sum + residentBytes, 0),
    cpuSeconds: below.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
  }
}

interface ChromiumProcess {
  readonly id: number
  readonly parent: number
  readonly residentBytes: number
  readonly cpuSeconds: number
}

const PAGE_BYTES = 4096
const TICKS_PER_SECOND = 100

function parseProcess(id: number, stat: string): ChromiumProcess {
  // The fields behind the name of the program, which may contain spaces: man 5 proc.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const read = (field: number): number => Number(fields[field])
  return {
    id,
    parent: read(1),
    residentBytes: PAGE_BYTES * read(21),
    cpuSeconds: (read(11) + read(12)) / TICKS_PER_SECOND,
  }
}
