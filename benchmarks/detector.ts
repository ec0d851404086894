/**
 * Compares @facekp/detector with the detectors of @vladmandic/human and face-api, in turn on the same backend, on faces of the common part
 * of 300-W and of IMM, as they are and at a third of the size: recall, extra boxes, overlap with the box around the points, and time.
 * Writes detector.json and detector.md.
 *
 * Usage: pnpm bench:detector --ibug DIR [--imm DIR] [--every 1] [--backend wasm] [--out DIR]
 */
import { releaseBackend, useBackend } from '@facekp/backend'
import {
  boundingBox,
  createImage,
  type Dataset,
  type Image,
  type Keypoints,
  mapKeypoints,
  translation,
} from '@facekp/core'
import { readIbug300W } from '@facekp/data-ibug/node'
import { readImm } from '@facekp/data-imm/node'
import { boxOverlap, loadDetector } from '@facekp/detector'
import * as z from 'zod'
import { loadPeerDetectors, type NamedDetector } from './lib/detectors.ts'
import { requireImm } from './lib/imm-faces.ts'
import { MIN_OVERLAP } from './lib/measure-landmarker.ts'
import { backendOption, countOption, outOption, parseOptions } from './lib/options.ts'
import { mean, median } from './lib/peer.ts'
import { machineSentence, markdownTable, writeResults } from './lib/results.ts'

const options = parseOptions({
  ibug: z.string(),
  imm: z.string().optional(),
  every: countOption.default(1),
  backend: backendOption.prefault('wasm'),
  out: outOption,
})
const MIN_SCORE = 0.5
/** Level of the gray border that makes a face three times as small. */
const BORDER = 128

interface Face {
  readonly image: Image
  readonly keypoints: Keypoints
}

interface Outcome {
  readonly isFound: boolean
  readonly extraBoxes: number
  readonly overlap: number
  readonly ms: number
}

interface Result {
  readonly set: string
  readonly detector: string
  readonly faces: number
  readonly recall: number
  readonly extraBoxes: number
  readonly overlap: number
  readonly medianMs: number
}

const { name: backend } = await useBackend(options.backend)
const { detectFaces } = await loadDetector()
const detectors: NamedDetector[] = [
  { name: '@facekp/detector', detect: (image) => detectFaces(image, { minScore: MIN_SCORE }) },
  ...(await loadPeerDetectors(MIN_SCORE)),
]
const { common } = await readIbug300W(options.ibug, { channels: 3 })
const imm = await readImm(requireImm(options.imm), { channels: 3 })

const results: Result[] = []
for (const [name, dataset] of Object.entries({ '300-W common': common, IMM: imm })) {
  results.push(...(await measure(name, dataset, (face) => face)))
  results.push(...(await measure(`${name}, a third of the size`, dataset, surround)))
}
await releaseBackend()

writeResults(options.out, 'detector', { backend, every: options.every, results }, [
  '# Detectors',
  '',
  `Measured by \`pnpm bench:detector\` on backend ${backend}, with every ${options.every === 1 ? '' : `${options.every}th `}face of each set. A face is found if a box with a score of at least ${MIN_SCORE} overlaps the box`,
  `around its points by more than ${MIN_OVERLAP} (intersection over union). The overlap is the mean over the faces found. The time is the median of whole calls, from`,
  'pixels to boxes; the detectors run in turn. Extra boxes may contain other people, because 300-W labels only one face per image.',
  '@facekp/detector corrects its boxes by factors that `pnpm bench:detector-box` fitted to the points of people 1-32 of IMM, who are among the faces of IMM here; those of the peers have no such correction.',
  '',
  machineSentence(),
  '',
  ...markdownTable(
    ['faces', 'detector', 'number', 'found', 'extra boxes an image', 'overlap', 'time'],
    results.map(({ set, detector, faces, recall, extraBoxes, overlap, medianMs }) => [
      set,
      detector,
      String(faces),
      recall.toFixed(3),
      extraBoxes.toFixed(3),
      overlap.toFixed(2),
      `${medianMs.toFixed(1)} ms`,
    ]),
  ),
  '',
])

/** Measures all detectors on the chosen faces of a dataset. */
async function measure(set: string, dataset: Dataset, prepare: (face: Face) => Face): Promise<Result[]> {
  const outcomes = detectors.map((): Outcome[] => [])
  for (let i = 0; i < dataset.length; i += options.every) {
    const face = prepare(await dataset.get(i))
    for (const [k, { detect }] of detectors.entries()) outcomes[k]?.push(await measureFace(face, detect))
  }
  return detectors.map(({ name }, k) => {
    const measured = outcomes[k] as Outcome[]
    const detected = measured.filter(({ isFound }) => isFound)
    const result = {
      set,
      detector: name,
      faces: measured.length,
      recall: detected.length / measured.length,
      extraBoxes: mean(measured.map(({ extraBoxes }) => extraBoxes)) as number,
      overlap: mean(detected.map(({ overlap }) => overlap)) ?? 0,
      medianMs: median(measured.map(({ ms }) => ms)),
    }
    console.error(result)
    return result
  })
}

async function measureFace({ image, keypoints }: Face, detect: NamedDetector['detect']): Promise<Outcome> {
  const target = boundingBox(keypoints)
  const start = performance.now()
  const detections = await detect(image)
  const ms = performance.now() - start
  const overlap = Math.max(0, ...detections.map(({ box }) => boxOverlap(box, target)))
  const isFound = overlap > MIN_OVERLAP
  return { isFound, extraBoxes: detections.length - (isFound ? 1 : 0), overlap, ms }
}

/** Surrounds an image by gray, as wide and high as itself on each side. */
function surround({ image, keypoints }: Face): Face {
  const { data, width, height } = image
  const pixels = new Uint8Array(9 * data.length).fill(BORDER)
  for (let y = 0; y < height; y++) {
    pixels.set(
      (data as Uint8Array).subarray(3 * width * y, 3 * width * (y + 1)),
      3 * (3 * width * (height + y) + width),
    )
  }
  return {
    image: createImage(pixels, 3 * width, 3 * height, 3),
    keypoints: mapKeypoints(translation(width, height), keypoints),
  }
}
