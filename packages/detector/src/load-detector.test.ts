import { useBackend } from '@facekp/backend'
import {
  boundingBox,
  composeAffine,
  createImage,
  IBUG_68,
  type Image,
  mapKeypoints,
  type Sample,
  scaling,
  translation,
  warpSample,
} from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import type { Detection } from './detection.ts'
import { type FaceDetector, loadDetector } from './load-detector.ts'
import { boxOverlap } from './merge.ts'

const COUNT = 6
const faces = syntheticFaces({ seed: 3, count: COUNT, scheme: IBUG_68, width: 320, height: 240 })
let samples: Sample[] = []
let detector: FaceDetector

beforeAll(async () => {
  await useBackend('onnx')
  detector = await loadDetector()
  samples = await Promise.all(Array.from({ length: COUNT }, (_, i) => faces.get(i)))
})

afterAll(() => detector.dispose())

const getSample = (index: number): Sample => samples[index] as Sample

function getEyes({ keypoints }: Sample): [right: number[], left: number[]] {
  const average = (start: number, axis: 0 | 1): number =>
    Array.from({ length: 6 }, (_, i) => keypoints[2 * (start + i) + axis] as number).reduce((a, b) => a + b) / 6
  return [
    [average(36, 0), average(36, 1)],
    [average(42, 0), average(42, 1)],
  ]
}

/** Expects one face: box and eyes of a sample whose points are known exactly. */
function expectFace(detections: readonly Detection[], sample: Sample): void {
  expect(detections).toHaveLength(1)
  const [face] = detections
  if (!face) return
  const target = boundingBox(sample.keypoints)
  expect(boxOverlap(face.box, target)).toBeGreaterThan(0.6)
  const eyes = getEyes(sample)
  for (const [i, [x, y]] of eyes.entries() as IterableIterator<[number, [number, number]]>) {
    const distance = Math.hypot((face.points[2 * i] as number) - x, (face.points[2 * i + 1] as number) - y)
    expect(distance).toBeLessThan(0.16 * target.width)
  }
  expect(face.score).toBeGreaterThan(0.5)
  expect(face.points).toHaveLength(12)
}

describe('detectFaces', () => {
  test('finds each synthetic face once, with its box and eyes in place, and leaves no tensor', async () => {
    const before = tf.memory().numTensors
    for (const sample of samples) expectFace(await detector.detectFaces(sample.image), sample)
    expect(tf.memory().numTensors).toBe(before)
  })

  test('finds the same in real numbers -0.5..0.5 as in bytes', async () => {
    const { image } = getSample(0)
    const floats = { ...image, data: Float32Array.from(image.data, (value) => value / 255 - 0.5) }
    const [face] = await detector.detectFaces(image)
    const [same] = await detector.detectFaces(floats)
    // Bytes are rounded after resizing.
    expect(same?.box.left).toBeCloseTo(face?.box.left as number, 0)
    expect(same?.score).toBeCloseTo(face?.score as number, 1)
  })

  test('finds faces in gray images', async () => {
    const { image } = getSample(1)
    const data = Uint8Array.from({ length: image.width * image.height }, (_, i) => image.data[3 * i + 1] as number)
    expectFace(await detector.detectFaces(createImage(data, image.width, image.height, 1)), getSample(1))
  })

  test('finds a face in each of four rotations', async () => {
    const sample = getSample(2)
    for (let quarter = 0; quarter < 4; quarter++) {
      const rotated = rotate(sample, quarter)
      expectFace(await detector.detectFaces(rotated.image, { rotations: true }), rotated)
    }
  })

  test('finds by tiles a face of 1/25 of the side', async () => {
    const map = composeAffine(scaling(0.35), translation(900, 500))
    const small = warpSample(getSample(4), map, { width: 1500, height: 900, border: { constant: 90 } })
    expect(1500 / boundingBox(small.keypoints).width).toBeGreaterThan(20)
    expect(await detector.detectFaces(small.image)).toEqual([])
    expectFace(await detector.detectFaces(small.image, { tiles: 3 }), small)
  })

  test('finds with tiles a face that is larger than a tile once', async () => {
    expectFace(await detector.detectFaces(getSample(0).image, { tiles: 4 }), getSample(0))
  })

  test('returns at most maxFaces, and none below minScore, best first', async () => {
    const pair = joinSideBySide(getSample(0), getSample(3))
    const both = await detector.detectFaces(pair)
    expect(both).toHaveLength(2)
    const [first, second] = both as unknown as [Detection, Detection]
    expect(first.score).toBeGreaterThanOrEqual(second.score)
    expect(await detector.detectFaces(pair, { maxFaces: 1 })).toEqual([first])
    expect(await detector.detectFaces(pair, { minScore: first.score + 1e-6 })).toEqual([])
  })

  test.each([
    ['1 x 1', createImage(Uint8Array.of(128, 128, 128), 1, 1, 3)],
    ['black', createImage(new Uint8Array(64 * 64), 64, 64, 1)],
    ['20,000 x 3', createImage(new Uint8Array(60_000).fill(200), 20_000, 3, 1)],
  ])('finds nothing in an image that is %s', async (_, image) => {
    expect(await detector.detectFaces(image, { tiles: 2 })).toEqual([])
  })

  test('refuses pixels that are not finite, and what is no image', async () => {
    const image = createImage(new Float32Array(48 * 48), 48, 48, 1)
    image.data[1000] = Number.NaN
    await expect(detector.detectFaces(image)).rejects.toMatchObject({ code: 'DETECTOR_NOT_FINITE' })
    for (const value of [undefined, null, 'face.jpg', {}, { ...image, channels: 4 }, { ...image, width: 40 }]) {
      await expect(detector.detectFaces(value as Image)).rejects.toMatchObject({ code: 'DETECTOR_IMAGE' })
    }
    await expect(detector.detectBatch(image as unknown as Image[])).rejects.toMatchObject({ code: 'DETECTOR_IMAGE' })
  })

  test.each([{ minScore: 2 }, { maxFaces: 0 }, { tiles: 1.5 }, { tile: 2 }])('refuses options %j', async (options) => {
    await expect(detector.detectFaces(getSample(0).image, options)).rejects.toMatchObject({ code: 'DETECTOR_OPTION' })
  })
})

test('detectBatch finds the faces of images of several sizes, as one by one', async () => {
  const images = [...samples.slice(0, 4).map(({ image }) => image), joinSideBySide(getSample(0), getSample(3))]
  const batch = await detector.detectBatch(images)
  for (const [i, image] of images.entries()) {
    const alone = await detector.detectFaces(image)
    expect(batch[i]).toHaveLength(alone.length)
    for (const [k, { box }] of alone.entries()) expect(batch[i]?.[k]?.box.left).toBeCloseTo(box.left, 2)
  }
  expect(await detector.detectBatch([])).toEqual([])
})

test('dispose frees the weights; then the detector refuses to detect', async () => {
  const before = tf.memory().numTensors
  const other = await loadDetector()
  expect(tf.memory().numTensors).toBeGreaterThan(before)
  other.dispose()
  other.dispose()
  expect(tf.memory().numTensors).toBe(before)
  await expect(other.detectFaces(getSample(0).image)).rejects.toMatchObject({ code: 'DETECTOR_DISPOSED' })
})

test('dispose waits for the calls under way', async () => {
  const { image } = getSample(0)
  const before = tf.memory().numTensors
  const other = await loadDetector()
  const detecting = other.detectBatch([image, image], { tiles: 2 })
  other.dispose()
  await expect(other.detectFaces(image)).rejects.toMatchObject({ code: 'DETECTOR_DISPOSED' })
  expect((await detecting).map((detections) => detections.length)).toEqual([1, 1])
  expect(tf.memory().numTensors).toBe(before)
})

test('a detection that fails leaves no tensor', async () => {
  const kernel = tf.getKernel('MaxPool', 'onnx')
  const before = tf.memory().numTensors
  tf.unregisterKernel('MaxPool', 'onnx')
  try {
    await expect(detector.detectFaces(getSample(0).image)).rejects.toThrow(/MaxPool/)
  } finally {
    tf.registerKernel(kernel)
  }
  expect(tf.memory().numTensors).toBe(before)
})

test('loadDetector takes another correction of boxes, and refuses an invalid one', async () => {
  const square = await loadDetector({ boxCorrection: { shiftY: 0, width: 1, height: 1 } })
  const [face] = await square.detectFaces(getSample(0).image)
  square.dispose()
  // The network's own boxes are squares.
  expect((face?.box.width as number) / (face?.box.height as number)).toBeCloseTo(1, 2)
  const invalid = { boxCorrection: { shiftY: 0, width: 0, height: 1 } }
  await expect(loadDetector(invalid)).rejects.toMatchObject({ code: 'DETECTOR_OPTION' })
})

/** Rotates a sample clockwise by quarters, pixel by pixel. */
function rotate(sample: Sample, quarters: number): Sample {
  if (quarters === 0) return sample
  const { image, keypoints } = rotate(sample, quarters - 1)
  const { width, height } = image
  const data = new Uint8Array(image.data.length)
  for (let y = 0, from = 0; y < height; y++) {
    for (let x = 0; x < width; x++, from += 3) {
      data.set(image.data.subarray(from, from + 3), 3 * (x * height + height - 1 - y))
    }
  }
  return {
    ...sample,
    image: createImage(data, height, width, 3),
    keypoints: mapKeypoints([0, -1, height - 1, 1, 0, 0], keypoints),
  }
}

function joinSideBySide({ image: left }: Sample, { image: right }: Sample): Image {
  const { width, height } = left
  const data = new Uint8Array(6 * width * height)
  for (let y = 0; y < height; y++) {
    data.set(left.data.subarray(3 * width * y, 3 * width * (y + 1)), 6 * width * y)
    data.set(right.data.subarray(3 * width * y, 3 * width * (y + 1)), 6 * width * y + 3 * width)
  }
  return createImage(data, 2 * width, height, 3)
}
