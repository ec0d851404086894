import {
  createImage,
  createSample,
  defineScheme,
  HIDDEN,
  type Image,
  type Json,
  NOT_LABELED,
  type Random,
  randomStream,
  type Sample,
  toSourcePoints,
  transformSample,
  VISIBLE,
} from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import { createExamples, type Example } from '../fixtures/examples.ts'
import type { Augmentation, Augmented, GeometricOp } from './augmentation.ts'
import { fromJSON, replay } from './json.ts'
import { TRANSFORMS } from './registry.ts'

// Every augmentation in the list of registry.ts goes through these tests, and needs an example.
const WIDTH = 60
const HEIGHT = 48
const SEEDS = [1, 2, 3]
const scheme = defineScheme({
  name: 'battery',
  pointNames: ['left', 'right', 'middle', 'unlabeled'],
  flipPairs: [[0, 1]],
  parts: [],
})
const POINTS = [26.25, 20.5, 45, 22.75, 36.5, 37, Number.NaN, 3]
const VISIBILITY = [VISIBLE, HIDDEN, VISIBLE, NOT_LABELED]
const EXAMPLES = createExamples(scheme, { width: WIDTH, height: HEIGHT })

const make = (name: string, options: object): Augmentation =>
  (TRANSFORMS[name] as (options: object) => Augmentation)(options)
const stream = (index: number): Random => randomStream({ seed: 3, purpose: 'battery', epoch: 2, index })

/** Bytes that change from pixel to pixel, smoothly enough to be sampled. */
function createBytes(channels: 1 | 3): Image<Uint8Array> {
  const data = Uint8Array.from({ length: WIDTH * HEIGHT * channels }, (_, i) => {
    const c = i % channels
    const x = Math.floor(i / channels) % WIDTH
    const y = Math.floor(i / channels / WIDTH)
    return 128 + 60 * Math.sin(x / 5 + c) + 50 * Math.cos(y / 4 - c) + ((x * 7 + y * 13) % 11)
  })
  return createImage(data, WIDTH, HEIGHT, channels)
}

const toReal = (image: Image): Image<Float32Array> => ({
  ...image,
  data: Float32Array.from(image.data, (value) => value / 255 - 0.5),
})

function createTestSample(image: Image): Sample {
  return createSample({
    id: 'battery',
    image,
    keypoints: Float32Array.from(POINTS),
    visibility: Uint8Array.from(VISIBILITY),
    box: { left: 20, top: 14, width: 32, height: 30 },
    toSource: [2, 0, 10, 0, 2, 20],
  })
}

const KINDS: readonly [string, Image][] = [
  ['gray bytes', createBytes(1)],
  ['RGB bytes', createBytes(3)],
  ['gray real numbers', toReal(createBytes(1))],
  ['RGB real numbers', toReal(createBytes(3))],
]
const kindsFor = (name: string): readonly [string, Image][] =>
  name === 'hueSaturation' ? KINDS.filter(([, { channels }]) => channels === 3) : KINDS

const levels = ({ data }: Image): number[] =>
  Array.from(data, (value) => (data instanceof Uint8Array ? value : 255 * (value + 0.5)))
const worst = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length)
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number)) || 0), 0)
}
const getGeometricOp = (augmentation: Augmentation, params: Json): GeometricOp | undefined => {
  const [change] = augmentation.ops(params)
  return change && 'map' in change.op ? change.op : undefined
}
/** The points in the order that they had before a mirror. */
const inOrder = (points: Float32Array, order: readonly number[] | undefined): Float32Array =>
  Float32Array.from(points, (_, i) => points[2 * (order?.[i >> 1] ?? i >> 1) + (i % 2)] as number)

/** Deep equality, the pixels compared as memory: element by element it takes most of a minute. */
function expectSame({ image, ...rest }: Sample, { image: other, ...otherRest }: Sample): void {
  expect(rest).toEqual(otherRest)
  expect({ ...image, data: image.data.constructor }).toEqual({ ...other, data: other.data.constructor })
  const memory = ({ data }: Image): Buffer => Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  expect(Buffer.compare(memory(image), memory(other))).toBe(0)
}

test('every augmentation has an example, and every example an augmentation', () => {
  expect(Object.keys(EXAMPLES).sort()).toEqual(Object.keys(TRANSFORMS).sort())
})

describe.each(Object.keys(TRANSFORMS))('%s', (name) => {
  const { shown, identity, tolerance = 0 } = EXAMPLES[name] as Example
  const augmentation = make(name, shown)
  const firstImage = (kindsFor(name)[0] as [string, Image])[1]
  const sample = createTestSample(firstImage)
  const makeParams = (index: number): Json => augmentation.makeParams(stream(index), sample)

  test('is called by its name', () => {
    expect(augmentation.name).toBe(name)
  })

  describe.each(kindsFor(name))('%s', (_, image) => {
    const input = createTestSample(image)
    const results = SEEDS.map((index) => transformSample(augmentation, input, stream(index)) as Augmented)

    test('keeps shape, type and number of points, and leaves the input unchanged', () => {
      const before = createTestSample({ ...image, data: image.data.slice() })
      for (const result of results) {
        const { data, width, height, channels } = result.image
        expect(data.length).toBe(width * height * channels)
        expect(channels).toBe(image.channels)
        expect(data.constructor).toBe(name === 'normalize' ? Float32Array : image.data.constructor)
        expect(data.every((value) => Number.isFinite(value))).toBe(true)
        if (name !== 'normalize') expect(levels(result.image).every((level) => level >= 0 && level <= 255)).toBe(true)
        expect(result.keypoints.length).toBe(8)
        expect(result.visibility.length).toBe(4)
        expect(result.id).toBe('battery')
      }
      expectSame(input, before)
    })

    test('visibility never rises, and an unlabeled point stays unlabeled', () => {
      for (const { visibility, applied } of results) {
        const order = getGeometricOp(augmentation, applied[0]?.params as Json)?.order ?? [0, 1, 2, 3]
        for (const [to, from] of order.entries()) {
          expect(visibility[to]).toBeLessThanOrEqual(VISIBILITY[from] as number)
          if (VISIBILITY[from] !== NOT_LABELED) expect(visibility[to]).toBeGreaterThanOrEqual(HIDDEN)
        }
      }
    })

    if (identity) {
      test('without strength, changes nothing', () => {
        const result = transformSample(make(name, identity), input, stream(1))
        expect(worst(levels(result.image), levels(image))).toBeLessThanOrEqual(tolerance + 1e-3)
        expect(worst(result.keypoints, input.keypoints)).toBeLessThan(1e-4)
        expect(result.visibility).toEqual(input.visibility)
        expect(worst(toSourcePoints(result, result.keypoints), toSourcePoints(input, input.keypoints))).toBeLessThan(
          1e-3,
        )
      })
    }
  })

  test('gives the same result for bytes and real numbers', () => {
    if (name === 'normalize') return
    for (const index of SEEDS) {
      const real = createTestSample(toReal(firstImage))
      const params = makeParams(index)
      const a = augmentation.apply(sample, params)
      const b = augmentation.apply(real, params)
      expect(a.keypoints).toEqual(b.keypoints)
      expect(a.visibility).toEqual(b.visibility)
      expect(worst(levels(a.image), levels(b.image))).toBeLessThan(2)
    }
  })

  test('parameters and augmentation survive JSON and give the same result again', () => {
    const again = fromJSON(JSON.parse(JSON.stringify(augmentation)))
    expect(again.toJSON()).toEqual(augmentation.toJSON())
    for (const index of SEEDS) {
      const params = makeParams(index)
      const thawed = JSON.parse(JSON.stringify(params))
      expect(thawed).toEqual(params)
      expect(again.makeParams(stream(index), sample)).toEqual(params)
      const result = augmentation.apply(sample, params)
      expect(result.applied).toEqual([{ ...augmentation.toJSON(), params }])
      expectSame(again.apply(sample, thawed), result)
      expectSame(replay(sample, JSON.parse(JSON.stringify(result.applied))), result)
    }
  })

  test('draws parameters from the stream alone, without the pixels', () => {
    const { image, ...rest } = sample
    const blind = { ...rest, image: { width: image.width, height: image.height } }
    for (const index of SEEDS) expect(augmentation.makeParams(stream(index), blind)).toEqual(makeParams(index))
  })

  test('rejects invalid parameters and options', () => {
    const params = makeParams(1) as Record<string, Json>
    const broken = [
      null,
      3,
      [],
      { ...params, unknown: 1 },
      ...Object.keys(params).map((key) => ({ ...params, [key]: 'x' })),
    ]
    for (const bad of broken) {
      expect(() => augmentation.apply(sample, bad as Json)).toThrow(expect.objectContaining({ code: 'AUGMENT_PARAMS' }))
      expect(() => augmentation.inverse(bad as Json)).toThrow(expect.objectContaining({ code: 'AUGMENT_PARAMS' }))
    }
    for (const bad of [
      null,
      'strong',
      { ...shown, unknown: 1 },
      ...Object.keys(shown).map((key) => ({ ...shown, [key]: [] })),
    ]) {
      expect(() => make(name, bad as object)).toThrow(expect.objectContaining({ code: 'AUGMENT_OPTIONS' }))
    }
  })

  const geometricOp = getGeometricOp(augmentation, makeParams(1))

  if (geometricOp) {
    test('its inverse maps points back, and toSource maps them to the file', () => {
      for (const index of SEEDS) {
        const params = makeParams(index)
        const result = augmentation.apply(sample, params)
        expect(worst(augmentation.inverse(params)(result.keypoints), sample.keypoints)).toBeLessThan(0.01)
        const inFile = inOrder(toSourcePoints(result, result.keypoints), getGeometricOp(augmentation, params)?.order)
        expect(worst(inFile, toSourcePoints(sample, sample.keypoints))).toBeLessThan(0.02)
      }
    })

    test('moves a drawn dot and its keypoint to the same position, within half a pixel', () => {
      for (const index of SEEDS) {
        const params = makeParams(index)
        for (const point of [0, 1, 2]) {
          const x = POINTS[2 * point] as number
          const y = POINTS[2 * point + 1] as number
          const dot = Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) =>
            Math.exp(-(((i % WIDTH) - x) ** 2 + (Math.floor(i / WIDTH) - y) ** 2) / 4),
          )
          const result = augmentation.apply(createTestSample(createImage(dot, WIDTH, HEIGHT, 1)), params)
          const { data, width, height } = result.image
          const at = (getGeometricOp(augmentation, params)?.order ?? [0, 1, 2, 3]).indexOf(point)
          const px = result.keypoints[2 * at] as number
          const py = result.keypoints[2 * at + 1] as number
          if (px < 8 || py < 8 || px > width - 9 || py > height - 9) continue
          // The image, reflected or continued beyond its edge, may hold the dot again.
          const near = (_: number, i: number): boolean => Math.hypot((i % width) - px, Math.floor(i / width) - py) < 8
          const weights = Array.from(data, (value, i) => (near(value, i) ? value : 0))
          const total = weights.reduce((sum, weight) => sum + weight, 0)
          const cx = weights.reduce((sum, weight, i) => sum + weight * (i % width), 0) / total
          const cy = weights.reduce((sum, weight, i) => sum + weight * Math.floor(i / width), 0) / total
          expect(Math.hypot(cx - px, cy - py)).toBeLessThan(0.5)
        }
      }
    })

    test('a box stays around its points', () => {
      for (const index of SEEDS) {
        const { keypoints, box } = augmentation.apply(sample, makeParams(index))
        const left = box?.left ?? Number.NaN
        const top = box?.top ?? Number.NaN
        for (const i of [0, 2, 4]) {
          expect(keypoints[i]).toBeGreaterThan(left - 0.5)
          expect(keypoints[i]).toBeLessThan(left + (box?.width ?? 0) - 0.5)
          expect(keypoints[i + 1]).toBeGreaterThan(top - 0.5)
          expect(keypoints[i + 1]).toBeLessThan(top + (box?.height ?? 0) - 0.5)
        }
      }
    })

    test('rejects an image of another size than its parameters were made for', () => {
      const image = createImage(new Uint8Array(10 * 9), 10, 9, 1)
      expect(() => augmentation.apply(createTestSample(image), makeParams(1))).toThrow(
        expect.objectContaining({ code: 'AUGMENT_SIZE', message: expect.stringContaining('battery') }),
      )
    })
  } else {
    test('moves nothing', () => {
      for (const index of SEEDS) {
        const params = makeParams(index)
        const { keypoints, toSource, box } = augmentation.apply(sample, params)
        expect(keypoints).toEqual(sample.keypoints)
        expect([toSource, box]).toEqual([sample.toSource, sample.box])
        expect(augmentation.inverse(params)(keypoints)).toEqual(keypoints)
      }
    })
  }

  if (geometricOp?.border) {
    test('a point that leaves the image stays, hidden or unlabeled by option', () => {
      const away = { ...sample, keypoints: Float32Array.of(-40, -30, 150, 100, 36, 28, Number.NaN, 0) }
      for (const [outOfFrame, state] of [
        ['hidden', HIDDEN],
        ['unlabeled', NOT_LABELED],
      ] as const) {
        const { keypoints, visibility } = transformSample(
          make(name, { ...shown, ...plain(shown), outOfFrame }),
          away,
          stream(1),
        )
        expect(Number.isFinite(keypoints[0])).toBe(true)
        expect([...visibility.subarray(0, 2)]).toEqual([state, state])
      }
    })
  }
})

/** The options with a crop around the image: around points, it would follow points far outside. */
function plain(options: object): object {
  return 'around' in options ? { around: 'image', keepPointsInside: false } : {}
}

test('two horizontal flips restore the sample', () => {
  const mirror = make('horizontalFlip', (EXAMPLES['horizontalFlip'] as Example).shown)
  const sample = createTestSample(createBytes(3))
  const twice = transformSample(mirror, transformSample(mirror, sample, stream(1)), stream(2)) as Augmented
  expect(twice.image).toEqual(sample.image)
  expect(twice.keypoints.slice(0, 6)).toEqual(sample.keypoints.slice(0, 6))
  expect([twice.visibility, twice.box]).toEqual([sample.visibility, sample.box])
  expect(worst(twice.toSource, sample.toSource)).toBe(0)
})

test('a horizontal flip exchanges left and right once', () => {
  const mirror = make('horizontalFlip', (EXAMPLES['horizontalFlip'] as Example).shown)
  const { keypoints, visibility } = transformSample(mirror, createTestSample(createBytes(1)), stream(1))
  expect([...keypoints.subarray(0, 6)]).toEqual([WIDTH - 1 - 45, 22.75, WIDTH - 1 - 26.25, 20.5, WIDTH - 1 - 36.5, 37])
  expect([...visibility]).toEqual([HIDDEN, VISIBLE, VISIBLE, NOT_LABELED])
})
