import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { adaptiveWingOfHeatmaps } from './adaptive-wing-loss.ts'
import { weightedMean } from './point-loss.ts'
import { starOfHeatmaps } from './star-loss.ts'

interface Expected {
  readonly value: number
  readonly gradient: number[]
}

// PyTorch's values and gradients, made by golden.py.
const golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8'))
const { adaptiveWing: awing, star: spread } = golden

beforeAll(() => tf.setBackend('cpu'))

type Loss = (maps: tf.Tensor4D) => tf.Scalar

const createAdaptiveWing =
  (foreground: number): Loss =>
  (maps) =>
    weightedMean(
      adaptiveWingOfHeatmaps(maps, tf.tensor4d(awing.target, awing.shape), foreground),
      tf.tensor2d(awing.weights),
    )

/** The weight of each point, for both its coordinates. */
const targetWeights = (): number[][] => spread.weights.map((row: number[]) => row.flatMap((weight) => [weight, weight]))
const targets = () => ({
  target: tf.tensor2d(spread.target),
  targetWeights: tf.tensor2d(targetWeights()),
  aspectRatio: 8 / 6,
})
const createStar =
  (restriction: number): Loss =>
  (maps) =>
    starOfHeatmaps(maps, targets(), restriction)

describe.each<[string, Loss, { maps: number[]; shape: [number, number, number, number] }, Expected]>([
  ['adaptiveWing', createAdaptiveWing(10), awing, awing.all],
  ['adaptiveWing without a weight of the foreground', createAdaptiveWing(0), awing, awing.even],
  ['star', createStar(1), spread, spread.one],
  ['star, half restricted', createStar(0.5), spread, spread.half],
])('%s', (_, loss, { maps, shape }, expected) => {
  const gradientAt = (values: number[]): Float32Array =>
    tf
      .grad((x) => loss(x as tf.Tensor4D))(tf.tensor4d(values, shape))
      .dataSync() as Float32Array
  const largest = Math.max(...expected.gradient.map(Math.abs))

  test('agrees with PyTorch', () => {
    expect((loss(tf.tensor4d(maps, shape)).dataSync()[0] as number) / expected.value).toBeCloseTo(1, 4)
  })

  test('so does its gradient', () => {
    for (const [i, value] of gradientAt(maps).entries())
      expect(value / largest).toBeCloseTo((expected.gradient[i] as number) / largest, 3)
  })

  test('its gradient agrees with finite differences', () => {
    const [gradient, step] = [gradientAt(maps), 1e-2]
    for (let i = 0; i < maps.length; i += 5) {
      const shifted = (by: number): number => {
        const values = [...maps]
        values[i] = (values[i] as number) + by
        return loss(tf.tensor4d(values, shape)).dataSync()[0] as number
      }
      expect((shifted(step) - shifted(-step)) / (2 * step) / largest).toBeCloseTo((gradient[i] as number) / largest, 2)
    }
  })

  test('leaves no tensor behind but those it was given', () => {
    const at = tf.tensor4d(maps, shape)
    const before = tf.memory().numTensors
    tf.tidy(() => loss(at).dataSync())
    expect(tf.memory().numTensors).toBe(before)
  })
})

test('heatmaps equal to their targets have no loss and no gradient', () => {
  const at = tf.tensor4d(awing.target, awing.shape)
  expect(createAdaptiveWing(10)(at).dataSync()[0]).toBe(0)
  const gradient = tf
    .grad((x) => createAdaptiveWing(10)(x as tf.Tensor4D))(at)
    .dataSync()
  expect([...gradient].every((value) => value === 0)).toBe(true)
})

describe('star', () => {
  const starAt = (maps: tf.Tensor4D, x: number, y: number): number =>
    starOfHeatmaps(
      maps,
      { target: tf.tensor2d([[x, y]]), targetWeights: tf.ones([1, 2]), aspectRatio: 1 },
      0,
    ).dataSync()[0] as number

  test('weighs an error along the spread less than one across', () => {
    const wide = tf.tidy(
      () =>
        tf.ones([1, 1, 9, 1]).pad([
          [0, 0],
          [4, 4],
          [0, 0],
          [0, 0],
        ]) as tf.Tensor4D,
    )
    expect(starAt(wide, 0.7, 0.5)).toBeLessThan(starAt(wide, 0.5, 0.7) / 10)
    expect(starAt(wide, 0.5, 0.5)).toBeCloseTo(0, 5)
  })

  test.each([
    ['as wide as high', tf.ones([1, 5, 5, 1])],
    ['one cell', tf.ones([1, 1, 1, 1])],
    ['nothing', tf.zeros([1, 5, 5, 1])],
  ])('gives numbers for a map that is %s', (_, maps) => {
    const gradient = tf.grad((x) =>
      starOfHeatmaps(
        x as tf.Tensor4D,
        { target: tf.tensor2d([[0.3, 0.4]]), targetWeights: tf.ones([1, 2]), aspectRatio: 1 },
        1,
      ),
    )(maps)
    expect([...gradient.dataSync()].every(Number.isFinite)).toBe(true)
    expect(Number.isFinite(starAt(maps as tf.Tensor4D, 0.3, 0.4))).toBe(true)
  })
})
