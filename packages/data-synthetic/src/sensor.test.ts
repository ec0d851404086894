import { expect, test } from '@jest/globals'
import { createCanvas } from './raster.ts'
import { applySensor } from './sensor.ts'

// Expected values, from numpy:
//   k = np.exp(-np.arange(-3, 4) ** 2 / (2 * 0.8 ** 2)); k /= k.sum()
//   v = np.zeros((4, 5)); v[0, 1] = 1; v[3, 4] = 0.5
//   p = np.pad(v, ((0, 0), (3, 3)), 'edge'); a = sum(p[:, i : i + 5] * k[i] for i in range(7))
//   p = np.pad(a, ((3, 3), (0, 0)), 'edge'); b = sum(p[i : i + 4] * k[i] for i in range(7))
//   np.rint(255 * b)
const BLURRED = [
  [44, 95, 44, 4, 0],
  [15, 32, 15, 2, 2],
  [1, 3, 2, 8, 24],
  [0, 0, 2, 24, 72],
]

test('blurs as numpy does, each channel by itself, and repeats the pixels of the edge', () => {
  const canvas = createCanvas(5, 4)
  canvas.colors[3 * 1 + 2] = 1
  canvas.colors[3 * (3 * 5 + 4) + 2] = 0.5
  const { data } = applySensor(canvas, { blur: 0.8, noise: 0, seed: 1 })
  expect(Array.from(data).filter((_, i) => i % 3 === 2)).toEqual(BLURRED.flat())
  expect(Array.from(data).filter((_, i) => i % 3 !== 2 && data[i] !== 0)).toEqual([])
})

// From Python:
//   state = (7 ^ 0x9E3779B9) & 0xFFFFFFFF
//   next two: state = (state * 1664525 + 1013904223) % 2 ** 32; u = state / 2 ** 32
//   np.rint(255 * 0.5 + 10 * np.sqrt(6) * (u1 + u2 - 1))
test('adds the noise of a linear congruential generator', () => {
  const canvas = createCanvas(2, 1)
  canvas.colors.fill(0.5)
  expect(Array.from(applySensor(canvas, { blur: 0.1, noise: 10, seed: 7 }).data)).toEqual([
    118, 133, 127, 142, 114, 126,
  ])
})
