/**
 * Measures the studio in Chromium: seconds from the first image to the first landmarker with 20 drawn faces, the rate at which it follows a
 * face of the webcam, the sizes of its scripts, its first paint, and labels that are lost if tabs are closed or crash. And the points that
 * it places before a person corrects them: how far they are off, and what share needs no correction. Writes studio.json and studio.md.
 *
 * Usage: pnpm bench:studio [--ibug DIR] [--every 1] [--photos 500] [--out DIR]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { releaseBackend, useBackend } from '@facekp/backend'
import { createImage, type Dataset, IBUG_68, type Image, pointAt, type Sample, subset } from '@facekp/core'
import { readIbug300W } from '@facekp/data-ibug/node'
import { syntheticFaces } from '@facekp/data-synthetic'
import { writeImage } from '@facekp/image/node'
import { loadLandmarker } from '@facekp/landmarker'
import * as z from 'zod'
import { findMeshPoints, placeByLabels } from '../apps/studio/src/project/prelabel.ts'
import { writeVideo } from '../apps/studio/tests/write-video.ts'
import { startServer } from '../packages/facekp/src/command/studio/start-server.ts'
import { closeBrowser, setBrowserArgs } from '../tests/support/start-chromium.ts'
import { ACTIONS, KEYSTROKE_LEVEL } from './lib/keystroke-level.ts'
import {
  type Duration,
  measureClosedTabs,
  measureEyes,
  measureFirstPaint,
  measurePhotos,
  measureScripts,
  measureStory,
  measureWebcam,
  type PhotoMeasures,
  STUDIO_DIST,
  type StoryMeasures,
} from './lib/measure-studio.ts'
import { countOption, outOption, parseOptions } from './lib/options.ts'
import { median } from './lib/peer.ts'
import { machineSentence, markdownTable, writeResults } from './lib/results.ts'

const options = parseOptions({
  ibug: z.string().optional(),
  every: countOption.default(1),
  photos: countOption.optional(),
  out: outOption,
})
const FACES = 20
const STORIES = 3
const TABS = 50
/** Images of the project whose tabs are closed. */
const TAB_IMAGES = 6
/** A point is left as it is if it is off by at most this share of the distance of the outer eye corners. */
const TOLERANCE = 0.05
const PHOTO = { width: 4000, height: 3000 }
const WEBCAM = { width: 640, height: 480 }
/** Frames of the video that the webcam shows, in a loop. */
const FRAMES = 40

const { key, point, look } = KEYSTROKE_LEVEL
const drawn = syntheticFaces({ seed: 4, count: FACES, scheme: IBUG_68, width: 400, height: 300 })
const page = await measurePage()
const points = await measurePoints(options.ibug === undefined ? drawn : (await readIbug300W(options.ibug)).common)
const data =
  options.ibug === undefined ? `${FACES} drawn faces` : `1 in ${options.every} faces of the common part of 300-W`

writeResults(options.out, 'studio', { ...page, ...points, tolerance: TOLERANCE, data }, [
  '# Studio',
  '',
  'Measured by `pnpm bench:studio` in Chromium without a graphics card.',
  '',
  machineSentence(),
  '',
  `## From images to a landmarker`,
  '',
  `A script labels six points of ${FACES} drawn faces of 400 x 300 pixels as a person would: it looks at a face, drags each point that is off by more than ${100 * TOLERANCE} % of the distance of the outer eye corners, confirms the face by a key, and fits. It takes the time of a person for each action, so that the page has this time to fit to the labels so far and to improve its proposals. Medians of ${STORIES} runs:`,
  '',
  ...markdownTable(
    ['step', 'seconds', 'processor time in seconds'],
    [
      ['looks, keys, clicks and drags of the person', page.story.workSeconds.toFixed(0), ''],
      ['waiting for the page', (page.story.totalSeconds - page.story.workSeconds).toFixed(1), ''],
      ['all of it, from the images to the landmarker', page.story.totalSeconds.toFixed(0), ''],
      ['of it: from the click on Fit to the landmarker', ...formatDuration(page.story.fullFit)],
      ['meanwhile: from the images to all faces labeled by the page', ...formatDuration(page.story.prelabel)],
    ],
  ),
  '',
  'Processor time is that of all processes of Chromium, drawing included; other programs change it less than the seconds of the clock.',
  '',
  `The times are those of the keystroke-level model (S. K. Card, T. P. Moran and A. Newell, "The keystroke-level model for user performance time with interactive systems", Communications of the ACM 23 (7), 1980): ${look} s to look at a face or a wrong point, ${key} s for a key or a button of the mouse, ${point} s to point at something. So a face that is right takes ${(look + key).toFixed(2)} s, a drag ${ACTIONS.drag.toFixed(2)} s and each of three clicks ${ACTIONS.click.toFixed(2)} s. ${page.story.corrections} of ${6 * FACES} points were dragged.`,
  '',
  '## Page',
  '',
  ...markdownTable(['measure', 'value'], listPageRows(page)),
  '',
  '## Points before a correction',
  '',
  `On ${data}: ${(100 * points.uncorrectedShare).toFixed(1)} % of the points are off by at most ${100 * TOLERANCE} % of the distance of the outer eye corners, and stay without a correction; ${points.missed} of ${points.faces} faces were not found. The median error of each point, relative to that distance:`,
  '',
  ...markdownTable(
    ['point', 'median error'],
    IBUG_68.pointNames.map((name, i) => [name, `${(100 * (points.medians[i] as number)).toFixed(1)} %`]),
  ),
  '',
])

type PageMeasures = Awaited<ReturnType<typeof measurePage>>

function formatDuration({ seconds, cpuSeconds }: Duration): [string, string] {
  return [seconds.toFixed(1), cpuSeconds.toFixed(1)]
}

function listPageRows({ scripts, firstPaintSeconds, webcam, tabs, photos }: PageMeasures): [string, string][] {
  const { framesPerSecond, cpuMillisecondsPerFrame } = webcam
  const ends = `${tabs.closed} closed, ${tabs.crashed} crashed`
  return [
    ['scripts, gzip, without weights and kernels of TensorFlow.js', formatKilobytes(scripts.totalBytes)],
    ['the same, those that the first view loads', formatKilobytes(scripts.firstBytes)],
    ['first paint', `${firstPaintSeconds.toFixed(2)} s`],
    ['webcam of 640 x 480 pixels on wasm, one face', `${framesPerSecond.toFixed(1)} frames per second`],
    ['processor time of each of these frames, drawing included', `${cpuMillisecondsPerFrame.toFixed(1)} ms`],
    [`labels lost in ${tabs.closed + tabs.crashed} tabs (${ends}) with ${tabs.changes} changes`, String(tabs.lost)],
    ...(photos ? listPhotoRows(photos) : []),
  ]
}

function listPhotoRows({ photos, seconds, heapBytes, peakBytes }: PhotoMeasures): [string, string][] {
  return [
    [`faces found in ${photos} photographs of 12 megapixels`, `${seconds.toFixed(0)} s`],
    ['JavaScript heap of the page after them', `${(heapBytes / 1e6).toFixed(0)} MB`],
    ['memory of all processes of Chromium meanwhile, at most', `${(peakBytes / 1e9).toFixed(2)} GB`],
  ]
}

function formatKilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(0)} kB`
}

/** Measures the page, as `facekp studio` serves it. */
async function measurePage() {
  const folder = mkdtempSync(join(tmpdir(), 'facekp-studio-'))
  const samples = await Promise.all(Array.from({ length: FACES }, (_, i) => drawn.get(i)))
  const files = samples.map((_, i) => join(folder, `face-${String(i).padStart(2, '0')}.png`))
  for (const [i, { image }] of samples.entries()) await writeImage(files[i] as string, image)
  const video = join(folder, 'webcam.y4m')
  writeVideo(video, await drawWebcam())
  setBrowserArgs([
    // Otherwise Chromium draws by a graphics card made of software, which takes ten times as long as to draw by the processor.
    '--disable-gpu',
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-video-capture=${video}`,
  ])
  const server = await startServer(STUDIO_DIST, { port: 0 })
  const { url } = server
  try {
    const firstPaintSeconds = await measureFirstPaint(url)
    const scripts = await measureScripts(url)
    const stories: StoryMeasures[] = []
    for (let i = 0; i < STORIES; i++) stories.push(await measureStory({ url, samples, files, tolerance: TOLERANCE }))
    const takeMedian = (measure: (story: StoryMeasures) => number): number => median(stories.map(measure))
    const takeDuration = (step: 'prelabel' | 'fullFit'): Duration => ({
      seconds: takeMedian((measures) => measures[step].seconds),
      cpuSeconds: takeMedian((measures) => measures[step].cpuSeconds),
    })
    const story: StoryMeasures = {
      prelabel: takeDuration('prelabel'),
      fullFit: takeDuration('fullFit'),
      workSeconds: takeMedian(({ workSeconds }) => workSeconds),
      totalSeconds: takeMedian(({ totalSeconds }) => totalSeconds),
      corrections: takeMedian(({ corrections }) => corrections),
    }
    const webcam = await measureWebcam(url)
    const tabs = await measureClosedTabs(url, { files: files.slice(0, TAB_IMAGES), count: TABS })
    const photos = options.photos === undefined ? undefined : await measureMany(url, folder, options.photos)
    return { story, scripts, firstPaintSeconds, webcam, tabs, photos }
  } finally {
    await closeBrowser()
    await server.close()
    rmSync(folder, { recursive: true })
  }
}

async function measureMany(url: string, folder: string, count: number): Promise<PhotoMeasures> {
  const { image } = await syntheticFaces({ seed: 4, count: 1, scheme: IBUG_68, ...PHOTO }).get(0)
  return measurePhotos(url, { image, folder: join(folder, 'photos'), count })
}

/** Draws a face that moves in a circle. */
async function drawWebcam(): Promise<Image[]> {
  const margin = 40
  const size = { width: WEBCAM.width + 2 * margin, height: WEBCAM.height + 2 * margin }
  const { image } = await syntheticFaces({ seed: 4, count: 1, scheme: IBUG_68, ...size }).get(0)
  return Array.from({ length: FRAMES }, (_, i) => {
    const angle = (2 * Math.PI * i) / FRAMES
    const left = Math.round(margin + margin * Math.cos(angle))
    const top = Math.round(margin + margin * Math.sin(angle))
    const data = new Uint8Array(WEBCAM.width * WEBCAM.height * 3)
    for (let y = 0; y < WEBCAM.height; y++) {
      const start = 3 * ((top + y) * size.width + left)
      data.set(image.data.subarray(start, start + 3 * WEBCAM.width), 3 * y * WEBCAM.width)
    }
    return createImage(data, WEBCAM.width, WEBCAM.height, 3)
  })
}

interface PointMeasures {
  readonly faces: number
  readonly missed: number
  /** Share of the points within the tolerance. */
  readonly uncorrectedShare: number
  /** Median error of each point. */
  readonly medians: readonly number[]
}

async function measurePoints(dataset: Dataset): Promise<PointMeasures> {
  await useBackend()
  const landmarker = await loadLandmarker('mesh-468', { tta: true })
  const meshPoints = findMeshPoints(IBUG_68)
  const errors: number[][] = IBUG_68.pointNames.map(() => [])
  let missed = 0
  const indices = Array.from({ length: Math.ceil(dataset.length / options.every) }, (_, i) => i * options.every)
  const measured = subset(dataset, indices)
  for (let i = 0; i < measured.length; i++) {
    const sample = await measured.get(i)
    const { faces } = await landmarker.detect(sample.image)
    const mesh = faces.find(({ box: { left, top, width, height } }) => {
      const [x, y] = pointAt(sample.keypoints, IBUG_68.pointNames.indexOf('nose tip'))
      return x > left && x < left + width && y > top && y < top + height
    })?.points
    if (!mesh) missed++
    else
      for (const [point, error] of computeErrors(sample, placeByLabels(mesh, meshPoints, [])).entries())
        errors[point]?.push(error)
  }
  landmarker.dispose()
  await releaseBackend()
  const flat = errors.flat()
  const uncorrectedShare = flat.filter((error) => error <= TOLERANCE).length / flat.length
  return { faces: measured.length, missed, uncorrectedShare, medians: errors.map(median) }
}

/** Computes the distance of each point from its label, relative to that of the outer eye corners. */
function computeErrors(sample: Sample, places: ReturnType<typeof placeByLabels>): number[] {
  const eyes = measureEyes(sample)
  return places.map((place, i) => {
    const [x, y] = pointAt(sample.keypoints, i)
    return place ? Math.hypot(place[0] - x, place[1] - y) / eyes : Number.NaN
  })
}
