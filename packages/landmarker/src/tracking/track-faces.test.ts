import { useBackend } from '@facekp/backend'
import {
  boundingBox,
  createImage,
  IBUG_68,
  type Image,
  type Keypoints,
  type Sample,
  translation,
  warpSample,
} from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { boxOverlap, type DetectFaces, loadDetector } from '@facekp/detector'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import type { Landmarker } from '../landmarker.ts'
import { loadLandmarker } from '../load-landmarker.ts'
import type { TrackOptions } from './track-options.ts'
import type { TrackedFrame } from './tracked-frame.ts'

const SIZE = { width: 200, height: 150 }
let landmarker: Landmarker
let sample: Sample
let detections = 0
let detector: Awaited<ReturnType<typeof loadDetector>>

beforeAll(async () => {
  await useBackend('onnx')
  detector = await loadDetector()
  const detectFaces: DetectFaces = (image, options) => {
    detections++
    return detector.detectFaces(image, options)
  }
  landmarker = await loadLandmarker('ibug-68', { detector: detectFaces })
  sample = await syntheticFaces({ seed: 4, count: 1, scheme: IBUG_68, ...SIZE }).get(0)
})

beforeEach(() => {
  detections = 0
})

afterAll(() => {
  landmarker.dispose()
  detector.dispose()
})

const EMPTY: Image = createImage(new Uint8Array(3 * SIZE.width * SIZE.height).fill(90), SIZE.width, SIZE.height, 3)

/** Moves the face to the right by N pixels. */
const move = (x: number): Sample => warpSample(sample, translation(x, 0), SIZE)

/** Puts an image beside another one. */
function join(left: Image, right: Image): Image {
  const { width, height } = SIZE
  const data = new Uint8Array(6 * width * height)
  for (let y = 0; y < height; y++) {
    for (const [side, image] of [left, right].entries()) {
      const row = (image.data as Uint8Array).subarray(3 * y * width, 3 * (y + 1) * width)
      data.set(row, 3 * width * (2 * y + side))
    }
  }
  return createImage(data, 2 * width, height, 3)
}

async function collect(frames: Iterable<Image>, options?: TrackOptions): Promise<TrackedFrame[]> {
  const results: TrackedFrame[] = []
  for await (const result of landmarker.track(frames, options)) results.push(result)
  return results
}

const getIds = (frames: readonly TrackedFrame[]): number[][] => frames.map(({ faces }) => faces.map(({ id }) => id))

function computeError(points: Keypoints, target: Keypoints): number {
  const distances = Array.from({ length: 68 }, (_, i) =>
    Math.hypot(
      (points[2 * i] as number) - (target[2 * i] as number),
      (points[2 * i + 1] as number) - (target[2 * i + 1] as number),
    ),
  )
  return distances.reduce((a, b) => a + b) / 68
}

describe('track', () => {
  test('follows a moving face by one detection, as accurately as detect, and leaves no tensor', async () => {
    const moved = [0, 4, 8, 12, 16].map((x) => move(x))
    const direct = (await landmarker.detect(sample.image)).faces[0]?.points as Keypoints
    detections = 0
    const before = tf.memory().numTensors
    const frames = await collect(moved.map(({ image }) => image))
    expect(tf.memory().numTensors).toBe(before)
    expect(detections).toBe(1)
    expect(frames.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4])
    expect(getIds(frames)).toEqual([[0], [0], [0], [0], [0]])
    const limit = computeError(direct, sample.keypoints) + 1
    for (const [i, { faces }] of frames.entries()) {
      const { points, box, confidence } = faces[0] as (typeof faces)[0]
      expect(computeError(points, (moved[i] as Sample).keypoints)).toBeLessThan(limit)
      expect(boxOverlap(box, boundingBox((moved[i] as Sample).keypoints))).toBeGreaterThan(0.8)
      expect(confidence).toBeGreaterThan(0.8)
    }
  })

  test('smooths the points, in pixels of a face of any place', async () => {
    const shaken = [0, 1, 0, 1, 0, 1, 0].map((x) => move(x).image)
    const measure = async (options: TrackOptions): Promise<number> => {
      const xs = (await collect(shaken, options)).map(({ faces }) => faces[0]?.points[60] as number)
      return Math.max(...xs.slice(3)) - Math.min(...xs.slice(3))
    }
    const raw = await measure({ smoothing: false })
    expect(raw).toBeGreaterThan(0.7)
    expect(await measure({ smoothing: { minCutoff: 0.5, beta: 0, derivativeCutoff: 1 } })).toBeLessThan(0.3 * raw)
  })

  test('keeps the ids of several faces, and of one that was gone for a moment; a new face gets a new id', async () => {
    const { image } = sample
    const other = move(-6).image
    const both = join(image, other)
    const frames = await collect([both, both, join(image, EMPTY), both, join(EMPTY, other), join(EMPTY, EMPTY)])
    const ids = getIds(frames).map((row) => row.toSorted())
    expect(ids).toEqual([[0, 1], [0, 1], [expect.any(Number)], [0, 1], [expect.any(Number)], []])
    const [left] = ids[2] as number[]
    const [right] = ids[4] as number[]
    expect(left).not.toBe(right)
    const late = await collect([image, ...Array.from({ length: 17 }, () => EMPTY), image])
    expect(getIds(late)).toEqual([[0], ...Array.from({ length: 17 }, () => []), [1]])
  })

  test('finds a new face when the detector is due, and no more faces than allowed', async () => {
    const left = join(sample.image, EMPTY)
    const two = join(sample.image, move(-6).image)
    expect(getIds(await collect([left, two, two, two], { detectEvery: 3 }))).toEqual([[0], [0], [0], [0, 1]])
    expect(detections).toBe(2)
    expect(getIds(await collect([left, two, two], { detectEvery: 1, detect: { maxFaces: 1 } }))).toEqual([
      [0],
      [0],
      [0],
    ])
  })

  test('requests a frame only after the result before it was taken, and closes the frames on break', async () => {
    let requested = 0
    let isClosed = false
    async function* produce(): AsyncGenerator<Image> {
      try {
        for (;;) {
          requested++
          yield sample.image
        }
      } finally {
        isClosed = true
      }
    }
    for await (const { index } of landmarker.track(produce())) {
      await new Promise((resolve) => setTimeout(resolve, 5))
      expect(requested).toBe(index + 1)
      if (index === 2) break
    }
    expect(isClosed).toBe(true)
  })

  test('stops on abort, also while it waits for a frame', async () => {
    const controller = new AbortController()
    async function* produce(): AsyncGenerator<Image> {
      yield sample.image
      await new Promise(() => setTimeout(() => controller.abort(new Error('enough')), 5))
    }
    const before = tf.memory().numTensors
    const results: TrackedFrame[] = []
    const run = async (): Promise<void> => {
      const { signal } = controller
      for await (const result of landmarker.track(produce(), { signal })) results.push(result)
    }
    await expect(run()).rejects.toThrow('enough')
    expect(results).toHaveLength(1)
    expect(tf.memory().numTensors).toBe(before)
    await expect(collect([sample.image], { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before')
  })

  test('refuses invalid options and frames, and passes errors of frames on', async () => {
    expect(() => landmarker.track([], { detectEvery: 0 })).toThrow('option detectEvery of track')
    expect(() => landmarker.track([], { smoothing: true as unknown as false })).toThrow('option smoothing of track')
    expect(() => landmarker.track(7 as unknown as Image[])).toThrow('frames')
    await expect(collect(['face.jpg' as unknown as Image])).rejects.toMatchObject({ code: 'LANDMARKER_IMAGE' })
    async function* fail(): AsyncGenerator<Image> {
      yield sample.image
      throw new Error('camera unplugged')
    }
    const iterate = async (): Promise<void> => {
      for await (const _ of landmarker.track(fail()));
    }
    await expect(iterate()).rejects.toThrow('camera unplugged')
  })
})

test('a disposed landmarker tracks no more', async () => {
  const other = await loadLandmarker('ibug-68', { detector: detector.detectFaces })
  const frames = other.track([sample.image, sample.image])
  expect((await frames.next()).value?.faces).toHaveLength(1)
  other.dispose()
  await expect(frames.next()).rejects.toMatchObject({ code: 'LANDMARKER_DISPOSED' })
  expect(() => other.track([])).toThrow('disposed')
})
