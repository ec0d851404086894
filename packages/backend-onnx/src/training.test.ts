import { expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import fc from 'fast-check'
import './register.ts'

// Two networks that share a layer are trained and changed in random order on backends onnx and cpu; each step must agree. This catches
// weights that are trained although a graph holds them as constants.

const OPTIMIZERS = {
  sgd: () => tf.train.sgd(0.05),
  momentum: () => tf.train.momentum(0.02, 0.9),
  adam: () => tf.train.adam(0.01),
  adamax: () => tf.train.adamax(0.01),
  adagrad: () => tf.train.adagrad(0.02),
  adadelta: () => tf.train.adadelta(0.5),
  rmsprop: () => tf.train.rmsprop(0.003),
} as const

type Action =
  | {
      readonly kind: 'train'
      readonly model: 0 | 1
      readonly optimizer: keyof typeof OPTIMIZERS
      readonly batch: number
    }
  | { readonly kind: 'fused'; readonly model: 0 | 1; readonly batch: number }
  | { readonly kind: 'predict'; readonly model: 0 | 1; readonly batch: number; readonly times: number }
  | { readonly kind: 'freeze'; readonly layer: number; readonly trainable: boolean }
  | { readonly kind: 'assign'; readonly factor: number }
  | { readonly kind: 'restore' }
  | { readonly kind: 'clone' }
  | { readonly kind: 'resetOptimizers' }

const model = fc.constantFrom<0 | 1>(0, 1)
const batch = fc.integer({ min: 1, max: 3 })
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    kind: fc.constant('train' as const),
    model,
    optimizer: fc.constantFrom(...(Object.keys(OPTIMIZERS) as (keyof typeof OPTIMIZERS)[])),
    batch,
  }),
  fc.record({ kind: fc.constant('fused' as const), model, batch }),
  fc.record({ kind: fc.constant('predict' as const), model, batch, times: fc.integer({ min: 1, max: 7 }) }),
  fc.record({ kind: fc.constant('freeze' as const), layer: fc.integer({ min: 0, max: 4 }), trainable: fc.boolean() }),
  fc.record({ kind: fc.constant('assign' as const), factor: fc.constantFrom(0.9, 1.1, -1) }),
  fc.record({ kind: fc.constant('restore' as const) }),
  fc.record({ kind: fc.constant('clone' as const) }),
  fc.record({ kind: fc.constant('resetOptimizers' as const) }),
)

/** The two networks on one backend, and the actions on them. */
class Trial {
  readonly #backend: string
  readonly #models: tf.LayersModel[] = []
  readonly #optimizers = new Map<string, tf.Optimizer>()
  readonly #moments = new Map<tf.Variable, { m: tf.Variable; v: tf.Variable; step: number }>()
  #clones: { variable: tf.Variable; copy: tf.Tensor }[] = []

  constructor(backend: string) {
    this.#backend = backend
  }

  async build(): Promise<void> {
    await tf.setBackend(this.#backend)
    const init = (seed: number) => tf.initializers.glorotUniform({ seed })
    // No bias: normalization removes it, and the rest of its gradient is noise that Adam would scale up.
    const shared = tf.layers.conv2d({
      filters: 4,
      kernelSize: 3,
      padding: 'same',
      useBias: false,
      kernelInitializer: init(1),
    })
    for (const seed of [10, 20]) {
      const input = tf.input({ shape: [6, 5, 2] })
      let x = shared.apply(input) as tf.SymbolicTensor
      x = tf.layers.batchNormalization({ momentum: 0.9 }).apply(x) as tf.SymbolicTensor
      x = tf.layers.reLU().apply(x) as tf.SymbolicTensor
      x = tf.layers.maxPooling2d({ poolSize: 2 }).apply(x) as tf.SymbolicTensor
      x = tf.layers.flatten().apply(x) as tf.SymbolicTensor
      x = tf.layers.dense({ units: 3, kernelInitializer: init(seed) }).apply(x) as tf.SymbolicTensor
      this.#models.push(tf.model({ inputs: input, outputs: x }))
    }
  }

  /** Performs an action and returns the resulting numbers. */
  async perform(action: Action): Promise<number[]> {
    await tf.setBackend(this.#backend)
    if (action.kind === 'train') {
      const optimizer = this.#optimizers.get(action.optimizer) ?? OPTIMIZERS[action.optimizer]()
      this.#optimizers.set(action.optimizer, optimizer)
      const { value, grads } = this.#gradients(action.model, action.batch)
      optimizer.applyGradients(grads)
      const loss = await value.data()
      tf.dispose([value, grads])
      return [...loss, ...this.#weights(action.model)]
    }
    if (action.kind === 'fused') {
      const { value, grads } = this.#gradients(action.model, action.batch)
      const losses = [...(await value.data())]
      for (const variable of this.#variables(action.model)) this.#adamStep(variable, grads[variable.name] as tf.Tensor)
      tf.dispose([value, grads])
      return [...losses, ...this.#weights(action.model)]
    }
    if (action.kind === 'predict') {
      const results: number[] = []
      for (let i = 0; i < action.times; i++) {
        const x = this.#images(action.batch, i)
        const y = this.#model(action.model).predict(x) as tf.Tensor
        results.push(...(await y.data()))
        tf.dispose([x, y])
      }
      return results
    }
    if (action.kind === 'freeze') {
      const layer = this.#model(0).layers[action.layer + 1]
      if (layer) layer.trainable = action.trainable
      return []
    }
    if (action.kind === 'assign') {
      const weights = this.#model(0).getWeights()
      const changed = tf.tidy(() => weights.map((weight) => weight.mul(action.factor).abs().add(0.1)))
      this.#model(0).setWeights(changed)
      tf.dispose(changed)
      return this.#weights(0)
    }
    if (action.kind === 'resetOptimizers') {
      for (const optimizer of this.#optimizers.values()) optimizer.dispose()
      for (const { m, v } of this.#moments.values()) tf.dispose([m, v])
      this.#optimizers.clear()
      this.#moments.clear()
      return []
    }
    if (action.kind === 'clone') {
      for (const { copy } of this.#clones) copy.dispose()
      this.#clones = this.#variables(1).map((variable) => ({ variable, copy: variable.clone() }))
      return this.#numbers(this.#clones.map(({ copy }) => copy))
    }
    // Restores the clones, which no step in between may have changed.
    for (const { variable, copy } of this.#clones) variable.assign(copy)
    return [...this.#numbers(this.#clones.map(({ copy }) => copy)), ...this.#weights(1)]
  }

  dispose(): void {
    for (const network of this.#models) network.dispose()
    for (const { m, v } of this.#moments.values()) tf.dispose([m, v])
    for (const optimizer of this.#optimizers.values()) optimizer.dispose()
    for (const { copy } of this.#clones) copy.dispose()
  }

  #model(index: 0 | 1): tf.LayersModel {
    return this.#models[index] as tf.LayersModel
  }

  #variables(index: 0 | 1): tf.Variable[] {
    return this.#model(index).trainableWeights.map((weight) => (weight as unknown as { val: tf.Variable }).val)
  }

  #images(size: number, seed = 0): tf.Tensor4D {
    const values = Float32Array.from({ length: size * 60 }, (_, i) => Math.sin(0.37 * i + seed))
    return tf.tensor4d(values, [size, 6, 5, 2])
  }

  #gradients(index: 0 | 1, size: number): { value: tf.Scalar; grads: tf.NamedTensorMap } {
    return tf.tidy(() => {
      const x = this.#images(size)
      const y = tf.tensor2d(
        Float32Array.from({ length: 3 * size }, (_, i) => Math.cos(i)),
        [size, 3],
      )
      return tf.variableGrads(
        () => tf.losses.meanSquaredError(y, this.#model(index).apply(x, { training: true }) as tf.Tensor).asScalar(),
        this.#variables(index),
      )
    })
  }

  #adamStep(param: tf.Variable, gradient: tf.Tensor): void {
    const zeros = (): tf.Variable => tf.tidy(() => tf.variable(tf.zeros(param.shape), false))
    const state = this.#moments.get(param) ?? { m: zeros(), v: zeros(), step: 0 }
    this.#moments.set(param, state)
    state.step++
    const rates = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decayFactor: 1 }
    const beta1Power = 0.9 ** state.step
    const beta2Power = 0.999 ** state.step
    const { m, v } = state
    const updated = tf.tidy(() => {
      if (tf.getKernel('FacekpAdam', tf.getBackend())) {
        const attributes = { ...rates, beta1Power, beta2Power }
        return tf.engine().runKernel('FacekpAdam', { param, m, v, gradient }, attributes) as tf.Tensor
      }
      m.assign(m.mul(0.9).add(gradient.mul(0.1)))
      v.assign(v.mul(0.999).add(gradient.square().mul(0.001)))
      const root = v
        .div(1 - beta2Power)
        .sqrt()
        .add(1e-8)
      return param.sub(
        m
          .div(1 - beta1Power)
          .div(root)
          .mul(0.01),
      )
    })
    param.assign(updated)
    updated.dispose()
  }

  #weights(index: 0 | 1): number[] {
    return this.#numbers(this.#model(index).getWeights())
  }

  #numbers(tensors: readonly tf.Tensor[]): number[] {
    return tensors.flatMap((tensor) => [...tensor.dataSync()])
  }
}

test('actions in random order agree with backend cpu at each step', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 3, maxLength: 10 }), async (actions) => {
      const reference = new Trial('cpu')
      const trial = new Trial('onnx')
      await reference.build()
      await trial.build()
      try {
        for (const [step, next] of actions.entries()) {
          const expected = await reference.perform(next)
          const actual = await trial.perform(next)
          expect(actual).toHaveLength(expected.length)
          const scale = Math.max(1e-2, ...expected.map(Math.abs))
          const worst = Math.max(0, ...expected.map((value, i) => Math.abs(value - (actual[i] as number)) / scale))
          if (!(worst < 1e-3)) throw new Error(`step ${step}, ${JSON.stringify(next)}: off by ${worst}`)
        }
      } finally {
        reference.dispose()
        trial.dispose()
      }
    }),
    { numRuns: 40, seed: 7 },
  )
})
