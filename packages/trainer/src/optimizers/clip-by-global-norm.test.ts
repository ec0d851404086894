import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { clipByGlobalNorm } from './clip-by-global-norm.ts'

// PyTorch's numbers, made by golden.py.
const golden = JSON.parse(readFileSync(new URL('./golden.json', import.meta.url), 'utf8')).clip

beforeAll(() => tf.setBackend('cpu'))

test.each(Object.keys(golden.after))('gradients are scaled to a norm of %s as PyTorch does', (limit) => {
  const gradients = golden.gradients.map((values: number[]) => tf.tensor(values))
  const before = tf.memory().numTensors
  const { clipped, norm } = clipByGlobalNorm(gradients, Number(limit))
  expect(tf.memory().numTensors).toBe(before + gradients.length + 1)
  expect(norm.dataSync()[0]).toBeCloseTo(golden.norm, 5)
  for (const [i, values] of clipped.entries()) {
    const expected = golden.after[limit][i].flat()
    for (const [j, value] of values.dataSync().entries()) expect(value).toBeCloseTo(expected[j], 5)
  }
})
