/**
 * Measures the studio in Chromium: seconds of computing from the first image to the first fitted landmarker, with 20 drawn faces. And the
 * points that it places before a person corrects them: how far they are off, and what share needs no correction. Writes studio.json and
 * studio.md.
 *
 * Usage: pnpm bench:studio [--ibug DIR] [--every 1] [--out DIR]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { releaseBackend, useBackend } from '@facekp/backend'
import { type Dataset, IBUG_68, pointAt, type Sample, subset } from '@facekp/core'
import { readIbug300W } from '@facekp/data-ibug/node'
import { syntheticFaces } from '@facekp/data-synthetic'
import { writeImage } from '@facekp/image/node'
import { loadLandmarker } from '@facekp/landmarker'
import * as z from 'zod'
import { findMeshPoints, placeByMesh } from '../apps/studio/src/project/prelabel.ts'
import { closeBrowser, openPage } from '../tests/support/start-chromium.ts'
import { countOption, outOption, parseOptions } from './lib/options.ts'
import { median } from './lib/peer.ts'
import { machineSentence, markdownTable, writeResults } from './lib/results.ts'

const options = parseOptions({ ibug: z.string().optional(), every: countOption.default(1), out: outOption })
const FACES = 20
/** A point is left as it is if it is off by at most this share of the distance of the outer eye corners. */
const TOLERANCE = 0.05
const TIMEOUT_MS = 600_000

const drawn = syntheticFaces({ seed: 4, count: FACES, scheme: IBUG_68, width: 400, height: 300 })
const story = await measureStory()
const points = await measurePoints(options.ibug === undefined ? drawn : (await readIbug300W(options.ibug)).common)
const data = options.ibug === undefined ? `${FACES} drawn faces` : 'the common part of 300-W'

writeResults(options.out, 'studio', { ...story, ...points, tolerance: TOLERANCE, data }, [
  '# Studio',
  '',
  `Measured by \`pnpm bench:studio\` in Chromium, without a graphics card. ${FACES} drawn faces of 400 x 300 pixels are labeled with six points.`,
  '',
  machineSentence(),
  '',
  ...markdownTable(
    ['step', 'seconds'],
    [
      ['from the first image to all faces labeled by the page', story.prelabelSeconds.toFixed(2)],
      ['from the last label to the first error and the first model', story.quickFitSeconds.toFixed(2)],
      ['from the click on Fit to the landmarker', story.fullFitSeconds.toFixed(2)],
    ],
  ),
  '',
  `Points before a correction, on ${data}: ${(100 * points.uncorrectedShare).toFixed(1)} % are off by at most ${100 * TOLERANCE} % of the distance of the outer eye corners; ${points.missed} of ${points.faces} faces were not found. The median error of each point, relative to that distance:`,
  '',
  ...markdownTable(
    ['point', 'median error'],
    IBUG_68.pointNames.map((name, i) => [name, `${(100 * (points.medians[i] as number)).toFixed(1)} %`]),
  ),
  '',
])

/** Labels drawn faces in the page without a correction, and fits. */
async function measureStory(): Promise<Record<'prelabelSeconds' | 'quickFitSeconds' | 'fullFitSeconds', number>> {
  const folder = mkdtempSync(join(tmpdir(), 'facekp-studio-'))
  const files = Array.from({ length: FACES }, (_, i) => join(folder, `face-${i}.png`))
  for (const [i, file] of files.entries()) await writeImage(file, (await drawn.get(i)).image)
  const dist = fileURLToPath(new URL('../apps/studio/dist', import.meta.url))
  const { page } = await openPage({ folders: { '': dist } }, 'index.html#label')
  page.setDefaultTimeout(TIMEOUT_MS)
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Choose images' }).click()
  await (await chooser).setFiles(files)
  await page.getByRole('button', { name: 'Start labeling' }).click()
  const prelabelSeconds = await time(() => page.getByText('Finding faces').waitFor({ state: 'detached' }))
  for (let i = 0; i < FACES; i++) await page.keyboard.press('Enter')
  await page.evaluate('location.hash = "fit"')
  const quickFitSeconds = await time(() => page.getByText('Error of each point').waitFor())
  await page.getByText('Labels are measured').waitFor()
  await page.getByRole('button', { name: 'Fit the landmarker' }).click()
  const fullFitSeconds = await time(() => page.getByRole('button', { name: 'Fit again' }).waitFor())
  await closeBrowser()
  rmSync(folder, { recursive: true })
  return { prelabelSeconds, quickFitSeconds, fullFitSeconds }
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
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
  const landmarker = await loadLandmarker('mesh-468')
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
      for (const [point, error] of computeErrors(sample, placeByMesh(mesh, meshPoints)).entries())
        errors[point]?.push(error)
  }
  landmarker.dispose()
  await releaseBackend()
  const flat = errors.flat()
  const uncorrectedShare = flat.filter((error) => error <= TOLERANCE).length / flat.length
  return { faces: measured.length, missed, uncorrectedShare, medians: errors.map(median) }
}

/** Computes the distance of each point from its label, relative to that of the outer eye corners. */
function computeErrors({ keypoints }: Sample, places: ReturnType<typeof placeByMesh>): number[] {
  const [a, b] = IBUG_68.normalizationPair as readonly [number, number]
  const [ax, ay] = pointAt(keypoints, a)
  const [bx, by] = pointAt(keypoints, b)
  return places.map((place, i) => {
    const [x, y] = pointAt(keypoints, i)
    return place ? Math.hypot(place[0] - x, place[1] - y) / Math.hypot(ax - bx, ay - by) : Number.NaN
  })
}
