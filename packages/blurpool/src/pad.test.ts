import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { computeGradient, expectClose, finiteDifferences, summarize, waves } from '../fixtures/compare.ts'
import { reflectionPad1d, reflectionPad2d, replicationPad1d, replicationPad2d, type Sides } from './pad.ts'

type Case = [number[], 'reflect' | 'replicate', [number, number], number[], number[], number[]]

// Made by blur-pool.golden.py beside this file.
const { pads } = JSON.parse(readFileSync(new URL('blur-pool.golden.json', import.meta.url), 'utf8')) as { pads: Case[] }

beforeAll(() => tf.setBackend('cpu'))

function padWith([shape, padding, sides]: Case): (x: tf.Tensor) => tf.Tensor {
  if (shape.length === 3) {
    const pad = padding === 'reflect' ? reflectionPad1d : replicationPad1d
    return (x) => pad(x as tf.Tensor3D, sides)
  }
  const pad = padding === 'reflect' ? reflectionPad2d : replicationPad2d
  return (x) => pad(x as tf.Tensor4D, [sides, sides])
}

test.each(pads)("%j %s %j has PyTorch's values and gradient, and that of finite differences", (...pad) => {
  tf.tidy(() => {
    const [shape, , , outShape, value, gradient] = pad
    const x = waves(shape, 0)
    const y = padWith(pad)(x)
    expect(y.shape).toEqual(outShape)
    expectClose(summarize(y), value)
    expectClose(summarize(computeGradient(padWith(pad), x)), gradient)
    const single = waves([1, ...shape.slice(1)], 0.5)
    const off = computeGradient(padWith(pad), single).sub(finiteDifferences(padWith(pad), single))
    expect(off.abs().max().dataSync()[0]).toBeLessThan(1e-4)
  })
})

describe('by hand', () => {
  const row = () => tf.tensor3d([1, 2, 3, 4], [1, 4, 1])

  test('reflects and repeats', () => {
    expect([...reflectionPad1d(row(), 2).dataSync()]).toEqual([3, 2, 1, 2, 3, 4, 3, 2])
    expect([...replicationPad1d(row(), [2, 1]).dataSync()]).toEqual([1, 1, 1, 2, 3, 4, 4])
    const square = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1])
    expect([...reflectionPad2d(square, [0, [1, 0]]).dataSync()]).toEqual([2, 1, 2, 4, 3, 4])
    expect([...replicationPad2d(square, [[0, 1], 0]).dataSync()]).toEqual([1, 2, 3, 4, 3, 4])
  })

  // [2, 1, 2, 3, 4, 3] is squared and summed: 2 and 3 stand there twice.
  test('the gradient of the border is added to the mirrored pixels', () => {
    const gradient = tf.grad((x) =>
      reflectionPad1d(x as tf.Tensor3D, 1)
        .square()
        .sum(),
    )(row())
    expect([...gradient.dataSync()]).toEqual([2, 8, 12, 8])
  })

  test('without padding, leaves no tensor behind and the input usable', () => {
    const x = row()
    const before = tf.memory().numTensors
    reflectionPad1d(x, 0).dispose()
    expect(tf.memory().numTensors).toBe(before)
    expect([...x.dataSync()]).toEqual([1, 2, 3, 4])
  })
})

test('rejects invalid padding and input', () => {
  const x = tf.ones([1, 3, 3, 1]) as tf.Tensor4D
  expect(() => reflectionPad2d(x, 3)).toThrow(
    expect.objectContaining({ code: 'BLUR_SIZE', received: 'a side of 3', message: expect.stringContaining('by 3') }),
  )
  expect(() => reflectionPad2d(tf.ones([3, 3, 1]) as unknown as tf.Tensor4D, 1)).toThrow(
    expect.objectContaining({ code: 'BLUR_RANK' }),
  )
  expect(replicationPad2d(x, 3).shape).toEqual([1, 9, 9, 1])
  for (const bad of [-1, 0.5, [1], '1'] as unknown[]) {
    expect(() => replicationPad2d(x, [bad as Sides, 0])).toThrow(expect.objectContaining({ code: 'PAD_SIDES' }))
  }
})
