import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { adaptiveWingOfMaps } from './adaptive-wing-loss.ts'
import { weightedMean } from './point-loss.ts'
import { starOfMaps } from './star-loss.ts'

interface Expected {
  readonly value: number
  readonly gradient: number[]
}

// PyTorch's values and gradients, made by golden.py.
const golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8'))
const { adaptiveWing: awing, star: spread } = golden

beforeAll(() => tf.setBackend('cpu'))

type Loss = (maps: tf.Tensor4D) => tf.Scalar

const awingOf =
  (foreground: number): Loss =>
  (maps) =>
    weightedMean(
      adaptiveWingOfMaps(maps, tf.tensor4d(awing.target, awing.shape), foreground),
      tf.tensor2d(awing.weights),
    )

/** The weight of each point, for both its coordinates. */
const targetWeights = (): number[][] => spread.weights.map((row: number[]) => row.flatMap((weight) => [weight, weight]))
const truth = () => ({
  target: tf.tensor2d(spread.target),
  targetWeights: tf.tensor2d(targetWeights()),
  aspectRatio: 8 / 6,
})
const starOf =
  (restriction: number): Loss =>
  (maps) =>
    starOfMaps(maps, truth(), restriction)

describe.each<[string, Loss, { maps: number[]; shape: [number, number, number, number] }, Expected]>([
  ['adaptiveWing', awingOf(10), awing, awing.all],
  ['adaptiveWing without a weight of the foreground', awingOf(0), awing, awing.even],
  ['star', starOf(1), spread, spread.one],
  ['star, half restricted', starOf(0.5), spread, spread.half],
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
      const moved = (by: number): number => {
        const values = [...maps]
        values[i] = (values[i] as number) + by
        return loss(tf.tensor4d(values, shape)).dataSync()[0] as number
      }
      expect((moved(step) - moved(-step)) / (2 * step) / largest).toBeCloseTo((gradient[i] as number) / largest, 2)
    }
  })

  test('leaves no tensor behind but those it was given', () => {
    const at = tf.tensor4d(maps, shape)
    const before = tf.memory().numTensors
    tf.tidy(() => loss(at).dataSync())
    expect(tf.memory().numTensors).toBe(before)
  })
})

test('maps that are as they should be have no loss and no gradient', () => {
  const at = tf.tensor4d(awing.target, awing.shape)
  expect(awingOf(10)(at).dataSync()[0]).toBe(0)
  const gradient = tf
    .grad((x) => awingOf(10)(x as tf.Tensor4D))(at)
    .dataSync()
  expect([...gradient].every((value) => value === 0)).toBe(true)
})

describe('star', () => {
  const starAt = (maps: tf.Tensor4D, x: number, y: number): number =>
    starOfMaps(
      maps,
      { target: tf.tensor2d([[x, y]]), targetWeights: tf.ones([1, 2]), aspectRatio: 1 },
      0,
    ).dataSync()[0] as number

  test('counts an error along the spread less than one across', () => {
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
      starOfMaps(
        x as tf.Tensor4D,
        { target: tf.tensor2d([[0.3, 0.4]]), targetWeights: tf.ones([1, 2]), aspectRatio: 1 },
        1,
      ),
    )(maps)
    expect([...gradient.dataSync()].every(Number.isFinite)).toBe(true)
    expect(Number.isFinite(starAt(maps as tf.Tensor4D, 0.3, 0.4))).toBe(true)
  })
})
