import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { useBackend } from '@facekp/backend'
import {
  type Box,
  boundingBox,
  horizontalReflection,
  IBUG_68,
  type Keypoints,
  MESH_468,
  rotation,
  type Sample,
  warpSample,
} from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { encodePng } from '@facekp/image'
import { readImage, writeImage } from '@facekp/image/node'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { realData, testIf } from '../../../tests/support/require.ts'
import type { HeadPose } from './head-pose.ts'
import type { ImageSource } from './image-source.ts'
import type { Landmarker } from './landmarker.ts'
import { loadLandmarker } from './load-landmarker.ts'
import { loadLandmarker as loadLandmarkerInNode } from './load-landmarker-node.ts'

const COUNT = 5
const faces = syntheticFaces({ seed: 4, count: COUNT, scheme: IBUG_68, width: 320, height: 240 })
let samples: Sample[] = []
let landmarker: Landmarker

beforeAll(async () => {
  await useBackend('onnx')
  landmarker = await loadLandmarker('ibug-68')
  samples = await Promise.all(Array.from({ length: COUNT }, (_, i) => faces.get(i)))
})

afterAll(() => landmarker.dispose())

const getSample = (index: number): Sample => samples[index] as Sample

/** Backends change their algorithms between the first calls: the last digits differ. */
function expectSame(points: Iterable<number>, expected: Iterable<number>): void {
  expect([...points]).toEqual(Array.from(expected, (value) => expect.closeTo(value, 1)))
}

/** Mean distance of points relative to the distance of the outer eye corners. */
function computeNme(predicted: Keypoints, target: Keypoints): number {
  const distance = (a: Keypoints, i: number, b: Keypoints, k: number): number =>
    Math.hypot((a[2 * i] as number) - (b[2 * k] as number), (a[2 * i + 1] as number) - (b[2 * k + 1] as number))
  const sum = Array.from({ length: 68 }, (_, i) => distance(predicted, i, target, i)).reduce((a, b) => a + b)
  return sum / 68 / distance(target, 36, target, 45)
}

async function detectFirst(source: ImageSource): Promise<Keypoints> {
  const { faces: detected } = await landmarker.detect(source)
  return detected[0]?.points as Keypoints
}

describe('detect', () => {
  test('finds the exact points of synthetic faces within 10 % of the distance of the eyes, and leaves no tensor', async () => {
    const before = tf.memory().numTensors
    const errors: number[] = []
    for (const { image, keypoints } of samples) {
      const { faces: detected } = await landmarker.detect(image)
      expect(detected).toHaveLength(1)
      const [face] = detected
      expect(face?.points).toHaveLength(136)
      expect(face?.confidence).toBeGreaterThan(0.8)
      expect(face?.score).toBeGreaterThan(0.5)
      errors.push(computeNme(face?.points as Keypoints, keypoints))
    }
    expect(Math.max(...errors)).toBeLessThan(0.1)
    expect(errors.reduce((a, b) => a + b) / COUNT).toBeLessThan(0.07)
    expect(tf.memory().numTensors).toBe(before)
  })

  test('takes ImageData, bytes of a file, tensors and gray images, with the same result', async () => {
    const { image } = getSample(0)
    const { width, height } = image
    const expected = await detectFirst(image)
    const rgba = new Uint8ClampedArray(4 * width * height).fill(7)
    for (let i = 0; i < width * height; i++) rgba.set(image.data.subarray(3 * i, 3 * i + 3), 4 * i)
    const bytes = tf.tensor3d(Int32Array.from(image.data), [height, width, 3], 'int32')
    const floats = tf.tidy(() => bytes.toFloat().div<tf.Tensor3D>(255))
    const withAlpha = tf.tensor3d(Int32Array.from(rgba), [height, width, 4], 'int32')
    const png = await encodePng(image as Parameters<typeof encodePng>[0])
    for (const source of [{ data: rgba, width, height }, png, bytes, floats, withAlpha]) {
      expectSame(await detectFirst(source), expected)
    }
    tf.dispose([bytes, floats, withAlpha])
    const gray = tf.tensor3d(
      Int32Array.from({ length: width * height }, (_, i) => image.data[3 * i + 1] as number),
      [height, width, 1],
      'int32',
    )
    expect(computeNme(await detectFirst(gray), getSample(0).keypoints)).toBeLessThan(0.1)
    gray.dispose()
  })

  test('returns no face for an image without one, and passes options to the detector', async () => {
    const empty = { data: new Uint8ClampedArray(4 * 50 * 50), width: 50, height: 50 }
    expect(await landmarker.detect(empty)).toEqual({ faces: [] })
    expect(await landmarker.detect(getSample(0).image, { minScore: 1 })).toEqual({ faces: [] })
  })

  test.each([undefined, 7, 'face.jpg', {}, { data: [1, 2, 3], width: 1, height: 1 }])('refuses %p', async (source) => {
    await expect(landmarker.detect(source as unknown as ImageSource)).rejects.toMatchObject({
      code: 'LANDMARKER_IMAGE',
    })
  })

  test('refuses a tensor of another shape', async () => {
    const tensor = tf.zeros<tf.Rank.R3>([4, 4, 2])
    await expect(landmarker.detect(tensor)).rejects.toMatchObject({
      code: 'LANDMARKER_IMAGE',
      received: 'a tensor of shape [4,4,2]',
    })
    tensor.dispose()
  })
})

describe('landmarks', () => {
  test.each([0, -40, 60, 135, 180])('finds the points in a box, of a face tilted by %d degrees', async (degrees) => {
    const { image } = getSample(1)
    const size = { width: image.width, height: image.height }
    const tilted = warpSample(getSample(1), rotation(degrees, 160, 120), size)
    const { points, confidence } = await landmarker.landmarks(tilted.image, boundingBox(tilted.keypoints))
    expect(computeNme(points, tilted.keypoints)).toBeLessThan(0.1)
    expect(confidence).toBeGreaterThan(0.8)
  })

  test.each([undefined, { left: 0, top: 0, width: 0, height: 5 }, { left: Number.NaN, top: 0, width: 5, height: 5 }])(
    'refuses box %p',
    async (box) => {
      await expect(landmarker.landmarks(getSample(0).image, box as Box)).rejects.toMatchObject({
        code: 'LANDMARKER_BOX',
      })
    },
  )
})

test('mesh-468 has 468 points, of which ibug-68 are some; any detector will do', async () => {
  const { image, keypoints } = getSample(2)
  const box = boundingBox(keypoints)
  const mesh = await loadLandmarker('mesh-468', {
    detector: async () => [{ box, score: 1, points: new Float32Array() }],
  })
  expect(mesh.scheme).toBe(MESH_468)
  const { faces: detected } = await mesh.detect(image)
  const points = detected[0]?.points as Keypoints
  mesh.dispose()
  expect(detected[0]).toMatchObject({ box, score: 1 })
  expect(points).toHaveLength(936)
  const { points: ibug } = await landmarker.landmarks(image, box)
  // The tip of the nose and the lowest point of the chin.
  const [tip, chin] = [4, 152]
  expectSame(
    [...points.subarray(2 * tip, 2 * tip + 2), ...points.subarray(2 * chin, 2 * chin + 2)],
    [...ibug.subarray(60, 62), ...ibug.subarray(16, 18)],
  )
})

test.each([
  [{ ttta: true }, /option ttta of loadLandmarker.*did you mean tta\?/],
  [{ tta: 1 }, /option tta.*true or false/],
  [null, /options of loadLandmarker/],
])('loadLandmarker refuses the options %j', async (options, message) => {
  await expect(loadLandmarker('mesh-468', options as never)).rejects.toThrow(
    expect.objectContaining({ code: 'LANDMARKER_OPTIONS', message: expect.stringMatching(message) }),
  )
})

test('loadLandmarker refuses an unknown scheme; dispose frees the weights', async () => {
  await expect(loadLandmarker('imm-58' as 'ibug-68')).rejects.toMatchObject({
    code: 'LANDMARKER_SCHEME',
    received: "'imm-58'",
    expected: expect.stringContaining('@facekp/landmarker/node'),
  })
  const before = tf.memory().numTensors
  const other = await loadLandmarker()
  other.dispose()
  other.dispose()
  expect(tf.memory().numTensors).toBe(before)
  await expect(other.detect(getSample(0).image)).rejects.toMatchObject({ code: 'LANDMARKER_DISPOSED' })
})

test('dispose waits for the calls under way, and for the frame that is tracked', async () => {
  const { image } = getSample(0)
  const before = tf.memory().numTensors
  const first = await loadLandmarker()
  const detecting = first.detect(image)
  first.dispose()
  expect((await detecting).faces).toHaveLength(1)
  const second = await loadLandmarker()
  const frames = second.track([image, image])
  const frame = frames.next()
  await new Promise((resolve) => setImmediate(resolve))
  second.dispose()
  expect((await frame).value?.faces).toHaveLength(1)
  await expect(frames.next()).rejects.toMatchObject({ code: 'LANDMARKER_DISPOSED' })
  expect(tf.memory().numTensors).toBe(before)
})

test('in Node, images may be paths', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'facekp-landmarker-'))
  const path = join(folder, 'face.png')
  await writeImage(path, getSample(3).image)
  const node = await loadLandmarkerInNode('ibug-68')
  const { faces: detected } = await node.detect(path)
  expectSame(detected[0]?.points as Keypoints, await detectFirst(getSample(3).image))
  await expect(node.detect(join(folder, 'none.png'))).rejects.toMatchObject({ code: 'IMAGE_NOT_FOUND' })
  node.dispose()
  rmSync(folder, { recursive: true })
})

describe('pose', () => {
  const imm = realData('imm_face_db')
  testIf(imm, 'IMM')('follows the head: views 3 and 4 of IMM are turned by about 30 degrees', async () => {
    for (const person of ['01', '05', '12']) {
      const yaws: number[] = []
      for (const view of [1, 3, 4]) {
        const [file] = readdirSync(imm as string).filter((name) =>
          new RegExp(`^${person}-${view}[mf]\\.jpg$`).test(name),
        )
        const image = await readImage(join(imm as string, file as string))
        const { faces: detected } = await landmarker.detect(image)
        const pose = detected[0]?.pose as HeadPose
        expect(Math.abs(pose.roll)).toBeLessThan(12)
        expect(Math.abs(pose.pitch)).toBeLessThan(20)
        yaws.push(pose.yaw)
      }
      const [frontal, right, left] = yaws as [number, number, number]
      expect(Math.abs(frontal)).toBeLessThan(8)
      expect(right).toBeGreaterThan(-45)
      expect(right).toBeLessThan(-10)
      expect(left).toBeGreaterThan(10)
      expect(left).toBeLessThan(45)
    }
  })

  test('rolls with the image, and turns to the other side in a mirrored image', async () => {
    const sample = getSample(0)
    const { width, height } = sample.image
    const find = async ({ image }: Pick<Sample, 'image'>): Promise<HeadPose> => {
      const { faces: detected } = await landmarker.detect(image)
      return detected[0]?.pose as HeadPose
    }
    const upright = await find(sample)
    const tilted = await find(warpSample(sample, rotation(20, width / 2, height / 2), { width, height }))
    expect(tilted.roll - upright.roll).toBeCloseTo(20, -0.5)
    const mirrored = await find(warpSample(sample, horizontalReflection(width), { width, height }))
    expect(mirrored.yaw).toBeCloseTo(-upright.yaw, -0.5)
    expect(mirrored.pitch).toBeCloseTo(upright.pitch, -0.5)
  })
})
