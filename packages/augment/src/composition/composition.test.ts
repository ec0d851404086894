import {
  composeAffine,
  createImage,
  createSample,
  cropAndResize,
  defineScheme,
  horizontalReflection,
  imageBox,
  type Json,
  type Random,
  randomStream,
  rotation,
  type Sample,
  scaling,
  toSourcePoints,
  transformSample,
  warpSample,
} from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import type { Augmented } from '../augmentation.ts'
import { affine } from '../geometric/affine.ts'
import { crop } from '../geometric/crop.ts'
import { elastic } from '../geometric/elastic.ts'
import { horizontalFlip } from '../geometric/horizontal-flip.ts'
import { pad } from '../geometric/pad.ts'
import { perspective } from '../geometric/perspective.ts'
import { randomCropAroundBox } from '../geometric/random-crop-around-box.ts'
import { resize } from '../geometric/resize.ts'
import { fromJSON, replay } from '../json.ts'
import { brightness } from '../photometric/brightness.ts'
import { gamma } from '../photometric/gamma.ts'
import { noise } from '../photometric/noise.ts'
import { compose } from './compose.ts'
import { oneOf } from './one-of.ts'
import { someOf } from './some-of.ts'
import { sometimes } from './sometimes.ts'

const WIDTH = 60
const HEIGHT = 44
const scheme = defineScheme({ name: 'pair', pointNames: ['left', 'right'], flipPairs: [[0, 1]], parts: [] })
const data = Uint8Array.from({ length: WIDTH * HEIGHT }, (_, i) => 128 + 90 * Math.sin(i / 3) * Math.cos(i / 191))
const sample = createSample({
  id: 'face',
  image: createImage(data, WIDTH, HEIGHT, 1),
  keypoints: Float32Array.of(24, 20, 37, 21),
  box: { left: 15, top: 10, width: 30, height: 26 },
})
const stream = (index: number, epoch = 1): Random => randomStream({ seed: 1, purpose: 'augment', epoch, index })
const run = (augmentation: Parameters<typeof compose>[0][number], index: number, input: Sample = sample): Augmented =>
  transformSample(augmentation, input, stream(index)) as Augmented

const everything = compose([
  sometimes(0.5, horizontalFlip({ scheme })),
  oneOf([affine({ degrees: 20 }), elastic({ strength: 0.2 }), perspective({ strength: 0.1 })]),
  resize({ width: 32, height: 24 }),
  someOf([0, 2], [brightness({ factor: 0.3 }), gamma({ gamma: 1.5 }), noise({ sigma: 0.05 })]),
])

describe('compose', () => {
  test('combines neighboring affine transforms into one map and samples once', () => {
    const pipeline = compose([
      affine({ degrees: 25, scale: 1.2 }),
      horizontalFlip({ scheme }),
      resize({ width: 30, height: 20 }),
    ])
    const params = pipeline.makeParams(stream(1), sample)
    const result = pipeline.apply(sample, params)
    const { degrees, scale } = params[0] as { degrees: number; scale: number }
    const cx = (WIDTH - 1) / 2
    const cy = (HEIGHT - 1) / 2
    const map = composeAffine(
      rotation(degrees, cx, cy),
      scaling(scale, scale, cx, cy),
      horizontalReflection(WIDTH),
      cropAndResize(imageBox(sample.image), 30, 20),
    )
    const once = warpSample(sample, map, { width: 30, height: 20 })
    const differences = result.image.data.filter((value, i) => Math.abs(value - (once.image.data[i] as number)) > 0)
    // The one map is computed in another order: a rounding may fall to the other side.
    expect(differences.length).toBeLessThan(3)
    for (const [i, value] of result.keypoints.entries()) {
      expect(value).toBeCloseTo(once.keypoints[(i + 2) % 4] as number, 4)
    }
  })

  test('transforms that undo each other leave the pixels unchanged', () => {
    const degrees = (angle: number) => affine({ degrees: [angle, angle] })
    const { image } = run(compose([degrees(30), degrees(-30)]), 1)
    expect(image.data).toEqual(sample.image.data)
  })

  test('a rotation right after a crop shows pixels outside the crop, but not after a photometric change', () => {
    const box = { left: 20, top: 10, width: 20, height: 20, border: { constant: 0 } } as const
    const turn = affine({ degrees: [45, 45], border: { constant: 0 } })
    const black = ({ image }: Sample): number => image.data.filter((value) => value === 0).length
    expect(black(run(compose([crop(box), turn]), 1))).toBe(0)
    expect(black(run(compose([crop(box), brightness({}), turn]), 1))).toBeGreaterThan(30)
  })

  test('samples between two geometric transforms with different borders', () => {
    const both = run(
      compose([pad({ left: 10, border: { constant: 0 } }), pad({ left: 10, border: { constant: 255 } })]),
      1,
    )
    expect([...both.image.data.subarray(0, 20)]).toEqual([...new Array(10).fill(255), ...new Array(10).fill(0)])
  })

  test('draws the parameters of each transform for the output of the one before', () => {
    const pipeline = compose([resize({ width: 30, height: 22 }), randomCropAroundBox({ width: 8, height: 8 })])
    const [, params] = pipeline.makeParams(stream(1), sample)
    expect(params).toMatchObject({ width: 30, height: 22, box: { left: 7.5, width: 15 } })
  })

  test('of nothing changes nothing', () => {
    const { applied, ...rest } = run(compose([]), 1)
    expect(rest).toEqual(sample)
    expect(applied).toEqual([])
  })
})

describe('a pipeline of everything', () => {
  const indices = [...Array(30).keys()]

  test('gives the same result for the same seed, epoch and index, regardless of earlier calls', () => {
    const first = indices.map((index) => run(everything, index))
    const toBackward = [...indices].reverse().map((index) => run(everything, index))
    expect(toBackward.reverse()).toEqual(first)
    expect(transformSample(everything, sample, stream(3, 2))).not.toEqual(first[3])
  })

  test('survives JSON, and replays from its parameters and from the applied transforms of a result', () => {
    const again = fromJSON(JSON.parse(JSON.stringify(everything)))
    expect(again.toJSON()).toEqual(everything.toJSON())
    for (const index of indices) {
      const params = everything.makeParams(stream(index), sample)
      const result = everything.apply(sample, params)
      const thawed = JSON.parse(JSON.stringify(params))
      expect(again.makeParams(stream(index), sample)).toEqual(thawed)
      expect(again.apply(sample, thawed)).toEqual(result)
      expect(replay(sample, JSON.parse(JSON.stringify(result.applied)))).toEqual(result)
    }
  })

  test('lists the applied transforms in order', () => {
    const names = run(everything, 4).applied.map(({ name }) => name)
    expect(names).toContain('resize')
    expect(names.every((name) => !['compose', 'oneOf', 'someOf', 'sometimes'].includes(name))).toBe(true)
    const twice = run(brightness({ factor: 0.1 }), 1, run(everything, 4))
    expect(twice.applied.map(({ name }) => name)).toEqual([...names, 'brightness'])
  })

  test('its inverse leads predictions back, mirrored or not', () => {
    for (const index of indices) {
      const params = everything.makeParams(stream(index), sample)
      const back = everything.inverse(params)(everything.apply(sample, params).keypoints)
      for (const [i, value] of back.entries())
        expect(Math.abs(value - (sample.keypoints[i] as number))).toBeLessThan(0.01)
    }
  })

  test('errors in source pixels can be computed through warps', () => {
    for (const index of indices) {
      const result = run(everything, index)
      const mirrored = result.applied.some(({ name }) => name === 'horizontalFlip')
      const sourcePoints = toSourcePoints(result, result.keypoints)
      for (const [i, value] of sourcePoints.entries()) {
        expect(Math.abs(value - (sample.keypoints[mirrored ? (i + 2) % 4 : i] as number))).toBeLessThan(0.01)
      }
    }
  })
})

describe('oneOf, someOf, sometimes', () => {
  const steps = [brightness({ factor: 0.2 }), gamma({ gamma: 2 }), noise({ sigma: 0.1 })]
  const counts = (augmentation: Parameters<typeof run>[0]): number[] =>
    Array.from({ length: 400 }, (_, index) => augmentation.ops(augmentation.makeParams(stream(index), sample)).length)

  test('oneOf applies one, each equally often', () => {
    const chosen = Array.from({ length: 600 }, (_, index) => oneOf(steps).makeParams(stream(index), sample).chosen)
    for (const which of [0, 1, 2]) expect(chosen.filter((index) => index === which).length / 600).toBeCloseTo(1 / 3, 1)
  })

  test('someOf applies the given number, none twice, in order', () => {
    expect(new Set(counts(someOf([1, 3], steps)))).toEqual(new Set([1, 2, 3]))
    expect(new Set(counts(someOf(2, steps)))).toEqual(new Set([2]))
    for (let index = 0; index < 50; index++) {
      const { chosen } = someOf(2, steps).makeParams(stream(index), sample)
      expect(chosen[0]).toBeLessThan(chosen[1] as number)
    }
  })

  test('sometimes applies it with its probability', () => {
    expect(counts(sometimes(0.3, gamma({ gamma: 2 }))).filter((count) => count === 1).length / 400).toBeCloseTo(0.3, 1)
    expect(new Set(counts(sometimes(0, gamma({ gamma: 2 }))))).toEqual(new Set([0]))
  })

  test.each<[string, () => unknown]>([
    ['oneOf nothing', () => oneOf([])],
    ['someOf more than there are', () => someOf(4, steps)],
    ['someOf a pair the wrong way round', () => someOf([2, 1], steps)],
    ['sometimes more than always', () => sometimes(1.1, steps[0] as never)],
    ['sometimes NaN', () => sometimes(Number.NaN, steps[0] as never)],
    ['sometimes in words', () => sometimes('0.5' as never, steps[0] as never)],
    ['sometimes nothing', () => sometimes(0.5, undefined as never)],
    ['someOf no number', () => someOf(undefined as never, steps)],
    ['compose no list', () => compose(steps[0] as never)],
    ['compose what only draws and applies', () => compose([{ draw: () => null, apply: () => sample } as never])],
    ['compose an augmentation that was not made', () => compose([gamma as never])],
    ['oneOf with a gap', () => oneOf([steps[0] as never, undefined as never])],
  ])('%s is an error', (_, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'AUGMENT_OPTIONS' }))
  })

  test.each<[string, Json]>([
    ['compose', [null]],
    ['oneOf', { chosen: 3, params: {} }],
    ['someOf', { chosen: [0], params: [] }],
    ['sometimes', { done: true, params: {}, unknown: 1 }],
  ])('%s rejects invalid parameters', (name, params) => {
    const augmentations = {
      compose: compose([]),
      oneOf: oneOf(steps),
      someOf: someOf(1, steps),
      sometimes: sometimes(1, steps[0] as never),
    }
    const { apply } = augmentations[name as keyof typeof augmentations]
    expect(() => apply(sample, params as never)).toThrow(expect.objectContaining({ code: 'AUGMENT_PARAMS' }))
  })
})

describe('fromJSON', () => {
  test.each<[string, unknown, string]>([
    ['no object', 3, 'AUGMENT_JSON'],
    ['an unknown name', { name: 'swirl', options: {} }, 'AUGMENT_JSON'],
    ['a name that every object has', { name: 'constructor', options: {} }, 'AUGMENT_JSON'],
    ['more than name and options', { name: 'gray', options: {}, params: {} }, 'AUGMENT_JSON'],
    ['a list that is a number', { name: 'compose', options: { transforms: 3 } }, 'AUGMENT_JSON'],
    ['something strange within', { name: 'compose', options: { transforms: [{}] } }, 'AUGMENT_JSON'],
    ['options that are not right', { name: 'noise', options: { sigma: -1 } }, 'AUGMENT_OPTIONS'],
    [
      'a probability that is no number',
      { name: 'sometimes', options: { probability: 2, transform: { name: 'gray', options: {} } } },
      'AUGMENT_OPTIONS',
    ],
  ])('%s is an error', (_, json, code) => {
    expect(() => fromJSON(json)).toThrow(expect.objectContaining({ code }))
  })

  test('an unknown name is an error that lists the known names', () => {
    expect(() => fromJSON({ name: 'swirl', options: {} })).toThrow(
      /affine, horizontalFlip.*sometimes, received "swirl"/,
    )
  })
})
