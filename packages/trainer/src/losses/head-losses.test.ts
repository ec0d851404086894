import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { adaptiveWingLoss } from './adaptive-wing-loss.ts'
import { euclideanLoss } from './euclidean-loss.ts'
import { gaussianHeatmaps, isWithinFrame } from './gaussian-heatmaps.ts'
import { computeLoss, type Loss } from './loss.ts'
import type { KeypointTargets } from './point-loss.ts'
import { simccLoss } from './simcc-loss.ts'
import { starLoss } from './star-loss.ts'
import { weightedSum } from './weighted-sum.ts'

// PyTorch's values and gradients, made by golden.py.
const { heads: golden } = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8'))
const [BATCH, HEIGHT, WIDTH, POINTS] = [2, 6, 8, 3] as const
const MAPS: [number, number, number, number] = [BATCH, HEIGHT, WIDTH, POINTS]

beforeAll(() => tf.setBackend('cpu'))

const targets = (): KeypointTargets => ({
  target: tf.tensor2d(golden.target),
  targetWeights: tf.tensor2d(golden.weights.map((row: number[]) => row.flatMap((weight) => [weight, weight]))),
  aspectRatio: WIDTH / HEIGHT,
})
const points = () => tf.tensor2d(golden.target) as tf.Tensor2D

const LOSSES = {
  adaptiveWing: {
    at: golden.maps,
    shape: MAPS as number[],
    of: (maps: tf.Tensor) =>
      adaptiveWingLoss({ sigma: golden.sigmaCells }).headLoss(
        { points: points(), heatmaps: maps as tf.Tensor4D },
        targets(),
      ),
  },
  simcc: {
    at: golden.logits,
    shape: [BATCH, POINTS, golden.bins[0] + golden.bins[1]],
    of: (logits: tf.Tensor) => {
      const [x, y] = logits.split(golden.bins, 2).map((axis) => axis.logSoftmax()) as [tf.Tensor3D, tf.Tensor3D]
      return simccLoss({ sigma: golden.sigmaBins }).headLoss({ points: points(), simcc: { x, y } }, targets())
    },
  },
}

/** Whether Adaptive Wing curves too much at a cell for finite differences: at its target, and between its parts. */
function isCurved(cell: number): boolean {
  const distance = Math.abs(golden.maps[cell] * 2 * Math.PI * golden.sigmaCells ** 2 - golden.targetMaps[cell])
  return distance < 0.1 || Math.abs(distance - 0.5) < 0.05
}

describe.each(['adaptiveWing', 'simcc'] as const)('%s of a head', (name) => {
  const { at, shape, of } = LOSSES[name]
  const { value, gradient } = golden[name] as { value: number; gradient: number[] }
  const largest = Math.max(...gradient.map(Math.abs))
  const gradientAt = (): Float32Array => tf.grad(of)(tf.tensor(at, shape)).dataSync() as Float32Array

  test('agrees with PyTorch, and so does its gradient', () => {
    expect((of(tf.tensor(at, shape)).dataSync()[0] as number) / value).toBeCloseTo(1, 4)
    for (const [i, value] of gradientAt().entries())
      expect(value / largest).toBeCloseTo((gradient[i] as number) / largest, 3)
  })

  test('its gradient agrees with finite differences', () => {
    const [gradient, step] = [gradientAt(), name === 'adaptiveWing' ? 1e-3 : 1e-2]
    for (let i = 0; i < at.length; i += 5) {
      if (name === 'adaptiveWing' && isCurved(i)) continue
      const shifted = (by: number): number =>
        of(
          tf.tensor(
            at.map((number: number, j: number) => (i === j ? number + by : number)),
            shape,
          ),
        ).dataSync()[0] as number
      const difference = (shifted(step) - shifted(-step)) / (2 * step)
      expect(Math.abs(difference - (gradient[i] as number)) / largest).toBeLessThan(0.01)
    }
  })

  test('leaves no tensor behind', () => {
    const before = tf.memory().numTensors
    tf.tidy(() => of(tf.tensor(at, shape)).dataSync())
    expect(tf.memory().numTensors).toBe(before)
  })
})

test('the target heatmaps equal PyTorch’s, and have no loss themselves', () => {
  const heatmaps = gaussianHeatmaps(points(), { height: HEIGHT, width: WIDTH, sigma: golden.sigmaCells })
  expect(heatmaps.shape).toEqual(MAPS)
  for (const [i, value] of heatmaps.dataSync().entries()) expect(value).toBeCloseTo(golden.targetMaps[i], 5)
  const probabilities = heatmaps.div<tf.Tensor4D>(2 * Math.PI * golden.sigmaCells ** 2)
  const loss = adaptiveWingLoss({ sigma: golden.sigmaCells }).headLoss(
    { points: points(), heatmaps: probabilities },
    targets(),
  )
  expect(loss.dataSync()[0]).toBeCloseTo(0, 4)
})

test('a point is within the frame up to its edges', () => {
  const target = tf.tensor2d([[0.5, 0.5, 0, 1, -0.01, 0.5, 0.5, 1.01]])
  expect([...isWithinFrame(target).dataSync()]).toEqual([1, 1, 0, 0])
})

test('a weighted sum adds losses of points and of heads', () => {
  const heatmaps = tf.tensor4d(golden.maps, MAPS)
  const decoded = { points: points().add<tf.Tensor2D>(0.1), heatmaps }
  const computeValue = (loss: Parameters<typeof computeLoss>[0]) =>
    computeLoss(loss, decoded, targets()).dataSync()[0] as number
  const sum = weightedSum([
    [euclideanLoss, 2],
    [starLoss(), 0.5],
  ])
  expect(computeValue(sum)).toBeCloseTo(2 * computeValue(euclideanLoss) + 0.5 * computeValue(starLoss()), 5)
})

test('a point has the same weight in each part of a weighted sum, whichever points lie outside the frame', () => {
  const [divergence, target] = [simccLoss({ sigma: 2 }), tf.tensor2d([[0.2, 0.3, 0.6, 0.5, 1.2, 0.4, 0.9, 0.9]])]
  const weights = [1, 0.25, 0.5, 0]
  const decoded = {
    points: tf.tensor2d([[0.3, 0.3, 0.5, 0.8, 0.9, 0.6, 0.1, 0.1]]),
    simcc: { x: tf.logSoftmax(tf.range(0, 32).reshape([1, 4, 8])), y: tf.logSoftmax(tf.ones([1, 4, 8])) } as never,
  }
  const computeValue = (loss: Loss, each: readonly number[]): number => {
    const targetWeights = tf.tensor2d([each.flatMap((weight) => [weight, weight])])
    return computeLoss(loss, decoded, { target, targetWeights: targetWeights, aspectRatio: 1 }).dataSync()[0] as number
  }
  let expected = 0
  for (const [point, weight] of weights.entries()) {
    const alone = weights.map((_, other) => (other === point ? 1 : 0))
    expected += (weight * (2 * computeValue(euclideanLoss, alone) + 3 * computeValue(divergence, alone))) / 1.75
  }
  const sum = weightedSum([
    [euclideanLoss, 2],
    [divergence, 3],
  ])
  expect(computeValue(sum, weights)).toBeCloseTo(expected, 5)
})

test.each([
  ['star', starLoss(), 'heatmaps'],
  ['adaptiveWing', adaptiveWingLoss({ sigma: 1 }), 'heatmaps'],
  ['simcc', simccLoss(), 'simcc'],
] as const)('%s without the output it needs is an error that names the head', (_, loss, head) => {
  expect(() => loss.headLoss({ points: points() }, targets())).toThrow(
    expect.objectContaining({ code: 'LOSS_HEAD', expected: expect.stringContaining(head) }),
  )
})
