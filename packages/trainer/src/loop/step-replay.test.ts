import { type Decoded, getLayers } from '@facekp/tfjs-utils'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { runOnSwiftShader, testOnSwiftShader } from '../../../../tests/support/swiftshader.ts'
import { dotNet, dots } from '../../fixtures/dots.ts'
import type { Outcome } from '../../fixtures/replay-on-webgpu.ts'
import { mseLoss } from '../losses/mse-loss.ts'
import type { KeypointTargets } from '../losses/point-loss.ts'
import { modelVariables } from '../weights/model-variables.ts'
import { createStepReplay, type StepReplay } from './step-replay.ts'
import { train } from './train.ts'
import type { TrainOptions } from './train-options.ts'

testOnSwiftShader('replayed steps train as ordinary ones, and as on backend cpu', () => {
  const outcomes = runOnSwiftShader(new URL('../../fixtures/replay-on-webgpu.ts', import.meta.url)) as Record<
    string,
    Record<'replayed' | 'ordinary' | 'cpu', Outcome>
  >
  const programs: Record<string, Outcome['programs']> = {}
  for (const [name, { replayed, ordinary, cpu }] of Object.entries(outcomes)) {
    for (const [i, loss] of replayed.losses.entries()) {
      expect(loss).toBeCloseTo(ordinary.losses[i] as number, 5)
      // Relative: the losses of some cases are large.
      expect(loss / (cpu.losses[i] as number)).toBeCloseTo(1, 3)
    }
    expect(replayed.losses).toHaveLength(ordinary.losses.length)
    for (const [i, weight] of replayed.weights.entries()) expect(weight).toBeCloseTo(ordinary.weights[i] as number, 5)
    expect([name, replayed.error]).toEqual([name, cpu.error])
    // No tensor stays, and no memory but that of the weights, which move to the GPU in the first step.
    expect([name, replayed.left]).toEqual([name, ordinary.left])
    // The memory of the recording does not grow.
    expect(new Set(replayed.bytes.slice(name.includes('set') ? 2 : 0)).size).toBe(1)
    programs[name] = replayed.programs.slice(3)
  }
  // Two batches of four, which are recorded in the first epoch and then replayed, and one of two. Adam has one program a variable.
  const { adam = [], 'a layer that is frozen': frozen = [] } = programs
  expect(adam.map((count) => count === 6)).toEqual([true, true, false, true, true, false])
  expect(frozen).toEqual(adam.slice(0, 3))
  expect(outcomes['a layer that is frozen']?.cpu.error).toMatch(/^weight norm\S+ has no gradient/)
})

describe('createStepReplay', () => {
  const model = (): tf.LayersModel => tf.sequential({ layers: [tf.layers.dense({ inputShape: [2], units: 2 })] })

  const replaySteps = (network: tf.LayersModel): StepReplay | undefined =>
    createStepReplay({ layers: getLayers(network), variables: modelVariables(network), batchSize: 4 })

  beforeAll(async () => {
    await tf.setBackend('cpu')
  })

  test('is absent on backends that cannot replay', () => {
    const network = model()
    expect(replaySteps(network)).toBeUndefined()
  })

  describe('on a backend that can', () => {
    const keys: string[] = []

    beforeAll(() => {
      const replayer = {
        run({ key, compute }: { readonly key: string; readonly compute: () => tf.Tensor[] }) {
          keys.push(key)
          return compute()
        },
        dispose() {},
      }
      tf.registerKernel({
        kernelName: 'FacekpReplay',
        backendName: 'cpu',
        kernelFunc: () => replayer as unknown as tf.TensorInfo,
      })
    })

    afterAll(() => tf.unregisterKernel('FacekpReplay', 'cpu'))

    test('is absent for layers that may differ between steps', () => {
      class Counter extends tf.layers.Layer {
        static className = 'Counter'
        override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
          return [inputs].flat()[0] as tf.Tensor
        }
      }
      const create = (layers: tf.layers.Layer[]) => {
        const network = tf.sequential({ layers: [tf.layers.dense({ inputShape: [2], units: 2 }), ...layers] })
        return replaySteps(network)
      }
      expect(create([])).toBeDefined()
      expect(create([tf.layers.dropout({ rate: 0.5 })])).toBeUndefined()
      expect(create([new Counter()])).toBeUndefined()
      expect(create([tf.sequential({ layers: [tf.layers.dropout({ rate: 0.5, inputShape: [2] })] })])).toBeUndefined()
    })

    test('replays steps of one batch, unless the loss is of the program', async () => {
      const count = async (options: Pick<TrainOptions, 'gradientAccumulationSteps' | 'loss'>): Promise<number> => {
        keys.length = 0
        await train({
          model: dotNet(),
          train: dots(8),
          batchSize: 4,
          epochs: 2,
          learningRate: 0.01,
          ...options,
        })
        return keys.length
      }
      expect(await count({})).toBe(4)
      expect(await count({ loss: { kind: 'l1' } })).toBe(4)
      expect(await count({ gradientAccumulationSteps: 2 })).toBe(0)
      expect(await count({ loss: mseLoss })).toBe(0)
      const ownLoss = {
        kind: 'own',
        headLoss: ({ points }: Decoded, targets: KeypointTargets) => mseLoss(points, targets),
      }
      expect(await count({ loss: ownLoss })).toBe(0)
    })

    test('replays whole batches; a layer that is frozen is another computation', () => {
      const network = model()
      const replay = replaySteps(network)
      const run = (batch: number): void => {
        const images = tf.zeros<tf.Rank.R4>([batch, 1, 1, 1])
        const points = tf.zeros<tf.Rank.R2>([batch, 2])
        const [result] = replay?.run({ images, target: points, targetWeights: points }, () => [tf.scalar(batch)]) ?? []
        expect(result?.dataSync()).toEqual(Float32Array.of(batch))
      }
      keys.length = 0
      for (const batch of [4, 2]) run(batch)
      for (const layer of network.layers) layer.trainable = false
      run(4)
      expect(keys).toHaveLength(2)
      expect(keys[0]).not.toBe(keys[1])
    })
  })
})
