/**
 * Compares @facekp/landmarker with @vladmandic/human and face-api, in turn on the same backend, from whole images of the common part of
 * 300-W to the 68 points of iBUG: error, faces missed, and time; and the time of each frame of a video of one face. One landmarker is fitted to
 * the training part of 300-W by `fitFewShot`; nothing else is trained.
 * Writes landmarker.json and landmarker.md.
 *
 * Usage: pnpm bench:landmarker --ibug DIR [--every 1] [--backend wasm] [--out DIR]
 */
import { releaseBackend, useBackend } from '@facekp/backend'
import { boundingBox, type Dataset, IBUG_68, type Image, subset } from '@facekp/core'
import { readIbug300W } from '@facekp/data-ibug/node'
import {
  evaluateLandmarker,
  fitFewShot,
  type LandmarkedFace,
  type LandmarkerEvaluation,
  loadLandmarker,
} from '@facekp/landmarker'
import type { Estimate } from '@facekp/metrics'
import * as z from 'zod'
import { loadLandmarkers, type NamedLandmarker, nameLandmarker } from './lib/landmarkers.ts'
import { MIN_OVERLAP } from './lib/measure-landmarker.ts'
import { backendOption, countOption, outOption, parseOptions } from './lib/options.ts'
import { median } from './lib/peer.ts'
import { formatInterval, machineSentence, markdownTable, writeResults } from './lib/results.ts'
import { drawVideo, measureTracking } from './lib/tracking.ts'

const options = parseOptions({
  ibug: z.string(),
  every: countOption.default(1),
  backend: backendOption.prefault('wasm'),
  out: outOption,
})
const MIN_SCORE = 0.5

interface Result {
  readonly landmarker: string
  readonly faces: number
  readonly missed: number
  readonly nme: Estimate
  readonly medianMs: number
}

/** What a landmarker found in one image. */
interface Run {
  readonly faces: readonly LandmarkedFace[]
  readonly ms: number
}

const { name: backend } = await useBackend(options.backend)
const { train, common } = await readIbug300W(options.ibug, { channels: 3 })
const landmarkers = [...(await loadLandmarkers(MIN_SCORE)), await fitLandmarker(train)]
const results = await measure(common)
const tracking = await measureTracking(landmarkers, await drawVideo())
await releaseBackend()

writeResults(options.out, 'landmarker', { backend, every: options.every, results, tracking }, [
  '# Landmarkers',
  '',
  `Measured by \`pnpm bench:landmarker\` on backend ${backend}, with every ${options.every === 1 ? '' : `${options.every}th `}image of the common part of 300-W. Each landmarker receives whole images and returns 68 points;`,
  `the last one was fitted to the ${train.length} training images of 300-W. Nothing else is trained here, but the 68 points of the mesh were chosen on training faces of 300-W (\`pnpm bench:mesh-map\`).`,
  'NME is the mean distance of the points divided by the distance between the outer eye corners, over the faces found, with 95 %',
  `confidence intervals in parentheses. A face is missed if no box around predicted points overlaps the box around its target points by more than ${MIN_OVERLAP}`,
  '(intersection over union). The time is the median of whole calls; the landmarkers run in turn.',
  '',
  machineSentence(),
  '',
  ...markdownTable(
    ['landmarker', 'faces', 'missed', 'NME', 'time'],
    results.map(({ landmarker, faces, missed, nme, medianMs }) => [
      landmarker,
      String(faces),
      String(missed),
      formatInterval(nme, (value) => `${(100 * value).toFixed(2)} %`),
      `${medianMs.toFixed(1)} ms`,
    ]),
  ),
  '',
  'Time of each frame of a video of 640 x 480 pixels with one drawn face, from pixels to points. @facekp/landmarker runs `track`, whose detector runs every 30 frames;',
  'the others run on each frame as on an image, with what they keep from the last one. The mean includes the frames in which a detector runs.',
  '',
  ...markdownTable(
    ['landmarker', 'frames', 'with a face', 'median', 'mean'],
    tracking.map(({ landmarker, frames, withFace, medianMs, meanMs }) => [
      landmarker,
      String(frames),
      String(withFace),
      `${medianMs.toFixed(1)} ms`,
      `${meanMs.toFixed(1)} ms`,
    ]),
  ),
  '',
])

/** Fits a landmarker that runs the mesh network once for each face, as the ready one does. */
async function fitLandmarker(dataset: Dataset): Promise<NamedLandmarker> {
  const { model } = await fitFewShot(dataset, { tta: false })
  return nameLandmarker('@facekp/landmarker, fitFewShot without tta', await loadLandmarker(model), MIN_SCORE)
}

async function measure(dataset: Dataset): Promise<Result[]> {
  const indices = Array.from({ length: Math.ceil(dataset.length / options.every) }, (_, i) => i * options.every)
  const measured = subset(dataset, indices)
  const runs = landmarkers.map((): Run[] => [])
  for (let i = 0; i < measured.length; i++) {
    const { image } = await measured.get(i)
    for (const [k, { detect }] of landmarkers.entries()) runs[k]?.push(await runOnce(image, detect))
  }
  const results: Result[] = []
  for (const [k, { name }] of landmarkers.entries()) {
    const { faceCount, missedCount, nme } = await evaluate(measured, runs[k] as Run[])
    const medianMs = median((runs[k] as Run[]).map(({ ms }) => ms))
    const result = { landmarker: name, faces: faceCount, missed: missedCount, nme, medianMs }
    console.error(result)
    results.push(result)
  }
  return results
}

async function runOnce(image: Image, detect: NamedLandmarker['detect']): Promise<Run> {
  const start = performance.now()
  const faces = await detect(image)
  const ms = performance.now() - start
  return { faces: faces.map(({ points }) => ({ points, box: boundingBox(points), score: 1, confidence: 1 })), ms }
}

/** Evaluates what a landmarker found in the images of a dataset, in their order. */
function evaluate(dataset: Dataset, runs: readonly Run[]): Promise<LandmarkerEvaluation> {
  const results = runs.values()
  const detect = async () => ({ faces: [...(results.next().value as Run).faces] })
  return evaluateLandmarker({ scheme: IBUG_68, detect }, dataset, { minOverlap: MIN_OVERLAP })
}
