import { createImage, createSample, type Image } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import { addNormals, fastRandom } from './gaussian.ts'
import { noise } from './noise.ts'
import { shotNoise } from './shot-noise.ts'

const COUNT = 200_000

function moments(values: ArrayLike<number>): { mean: number; variance: number; kurtosis: number } {
  const numbers = Array.from(values)
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length
  const power = (p: number): number => numbers.reduce((sum, value) => sum + (value - mean) ** p, 0) / numbers.length
  return { mean, variance: power(2), kurtosis: power(4) / power(2) ** 2 }
}

const added = new Float32Array(COUNT)
addNormals(new Float32Array(COUNT), added, 1, 5)

describe.each([
  ['one by one', Float64Array.from({ length: COUNT }, fastRandom(5).normal)],
  ['added to pixels', Float64Array.from(added)],
])('normal numbers, %s', (_, values) => {
  test('have the moments of the normal distribution', () => {
    const { mean, variance, kurtosis } = moments(values)
    expect(Math.abs(mean)).toBeLessThan(0.01)
    expect(Math.abs(variance - 1)).toBeLessThan(0.02)
    expect(Math.abs(kurtosis - 3)).toBeLessThan(0.06)
  })

  test.each([
    // scipy.stats.norm.cdf: of -1.5, -0.5, 0.25, 1, 2, 3.5.
    [-1.5, 0.0668072],
    [-0.5, 0.3085375],
    [0.25, 0.5987063],
    [1, 0.8413447],
    [2, 0.9772499],
    [3.5, 0.9997674],
  ])('as many lie below %p as should', (limit, share) => {
    const below = values.filter((value) => value < limit).length / COUNT
    expect(Math.abs(below - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / COUNT))
  })

  test('equal seeds give equal numbers, different seeds different ones', () => {
    const numbers = (seed: number): number[] => Array.from({ length: 20 }, fastRandom(seed).normal)
    expect(numbers(7)).toEqual(numbers(7))
    expect(numbers(8)).not.toEqual(numbers(7))
  })

  test('neighboring numbers and neighboring seeds are not related', () => {
    const product = (a: Float64Array, b: Float64Array): number =>
      a.reduce((sum, value, i) => sum + value * (b[i] as number), 0) / a.length
    expect(Math.abs(product(values.subarray(0, -1), values.subarray(1)))).toBeLessThan(0.01)
    expect(Math.abs(product(values, Float64Array.from({ length: COUNT }, fastRandom(6).normal)))).toBeLessThan(0.01)
  })
})

const flat = (level: number): Image => createImage(new Float32Array(COUNT).fill(level - 0.5), 500, COUNT / 500, 1)
const createTestSample = (image: Image) => createSample({ id: 'flat', image, keypoints: Float32Array.of(0, 0) })

test('noise has the standard deviation of its option', () => {
  const { image } = noise({ sigma: 0.1 }).apply(createTestSample(flat(0.5)), { sigma: 0.05, seed: 3 })
  const { mean, variance } = moments(image.data)
  expect(mean).toBeCloseTo(0, 3)
  expect(Math.sqrt(variance)).toBeCloseTo(0.05, 3)
})

test.each([
  [0.5, 20],
  [0.25, 400],
])('shot noise of intensity %p and %p photons varies as Poisson: mean and variance are the count', (level, photons) => {
  const { image } = shotNoise({ photons: [1, 1000] }).apply(createTestSample(flat(level)), { photons, seed: 3 })
  const { mean, variance } = moments(image.data.map((value) => (value + 0.5) * photons))
  // Held at white: the few counts above it are lost.
  expect(Math.abs(mean - level * photons)).toBeLessThan(0.05 + 0.001 * level * photons)
  expect(variance / (level * photons)).toBeGreaterThan(0.95)
  expect(variance / (level * photons)).toBeLessThan(1.03)
})
