import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { exportOnnx } from './export-onnx.ts'

// The files are run by onnxruntime-node's own public interface.
const { InferenceSession, Tensor } = createRequire(import.meta.url)(
  'onnxruntime-node',
) as typeof import('onnxruntime-node')

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'facekp-onnx-'))
  await tf.setBackend('onnx')
})
afterAll(() => rmSync(folder, { recursive: true }))

function network(): tf.LayersModel {
  const init = (seed: number) => tf.initializers.glorotUniform({ seed })
  const input = tf.input({ shape: [12, 10, 3], name: 'image' })
  let x = tf.layers.zeroPadding2d({ padding: 1 }).apply(input) as tf.SymbolicTensor
  x = tf.layers
    .conv2d({ filters: 8, kernelSize: 3, strides: 2, kernelInitializer: init(1) })
    .apply(x) as tf.SymbolicTensor
  x = tf.layers.batchNormalization({}).apply(x) as tf.SymbolicTensor
  x = tf.layers.leakyReLU({ alpha: 0.1 }).apply(x) as tf.SymbolicTensor
  const y = tf.layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', depthwiseInitializer: init(2) }).apply(x)
  x = tf.layers.add().apply([x, y as tf.SymbolicTensor]) as tf.SymbolicTensor
  x = tf.layers.upSampling2d({ size: [2, 2] }).apply(x) as tf.SymbolicTensor
  x = tf.layers.averagePooling2d({ poolSize: 2 }).apply(x) as tf.SymbolicTensor
  const flat = tf.layers.flatten().apply(x) as tf.SymbolicTensor
  const points = tf.layers.dense({ units: 6, kernelInitializer: init(3), name: 'points' }).apply(flat)
  return tf.model({ inputs: input, outputs: points as tf.SymbolicTensor })
}

test('ONNX Runtime gives what the model gives, for any batch size', async () => {
  const model = network()
  const path = join(folder, 'model.onnx')
  await exportOnnx(model, { inputShape: [12, 10, 3], path })
  const session = await InferenceSession.create(path)
  expect(session.inputNames).toEqual(['image'])
  expect(session.outputNames).toEqual(model.outputNames)
  for (const batch of [1, 4]) {
    const x = tf.randomUniform([batch, 12, 10, 3], -1, 1, 'float32', batch)
    const expected = await (model.predict(x) as tf.Tensor).data()
    const results = await session.run({ image: new Tensor('float32', (await x.data()) as Float32Array, x.shape) })
    const found = results[session.outputNames[0] as string] as InstanceType<typeof Tensor>
    expect(found.dims).toEqual([batch, 6])
    for (const [i, value] of expected.entries()) {
      expect(Math.abs(value - ((found.data as Float32Array)[i] as number))).toBeLessThan(1e-5)
    }
  }
})

test('a file holds none of the nodes that only this runtime has', async () => {
  const layer = tf.layers.conv2d({ filters: 16, kernelSize: 3, padding: 'same', useBias: false })
  const path = join(folder, 'plain.onnx')
  await exportOnnx(chain([64, 64, 16], layer), { inputShape: [64, 64, 16], path })
  const file = readFileSync(path, 'latin1')
  expect(file).toContain('Conv')
  expect(file).not.toMatch(/nchwc|com\.microsoft|stop/)
})

/** One layer after another. */
function chain(shape: number[], ...layers: tf.layers.Layer[]): tf.LayersModel {
  const input = tf.input({ shape, name: 'x' })
  const outputs = layers.reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, input)
  return tf.model({ inputs: input, outputs })
}

/** A layer that computes as told. */
class Custom extends tf.layers.Layer {
  static readonly className = 'Custom'
  readonly #compute: (x: tf.Tensor) => tf.Tensor
  constructor(compute: (x: tf.Tensor) => tf.Tensor) {
    super({})
    this.#compute = compute
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return this.#compute([inputs].flat()[0] as tf.Tensor)
  }
  override computeOutputShape(shape: tf.Shape | tf.Shape[]): tf.Shape | tf.Shape[] {
    return shape
  }
}

test.each<[string, () => tf.LayersModel]>([
  [
    'cropping',
    () =>
      chain(
        [4, 3],
        tf.layers.reshape({ targetShape: [4, 3, 1] }),
        tf.layers.cropping2D({
          cropping: [
            [1, 0],
            [0, 1],
          ],
        }),
      ),
  ],
  [
    'a recurrent layer',
    () => chain([4, 3], tf.layers.lstm({ units: 2, returnSequences: true }), tf.layers.gru({ units: 3 })),
  ],
  [
    'a recurrent layer both ways',
    () =>
      chain([4, 3], tf.layers.bidirectional({ layer: tf.layers.simpleRNN({ units: 2 }) as tf.RNN, mergeMode: 'sum' })),
  ],
  [
    'a masked layer, repeated',
    () => chain([4], tf.layers.masking({ maskValue: 0 }) as tf.layers.Layer, tf.layers.repeatVector({ n: 3 })),
  ],
])('%s, for any batch size', async (_, make) => {
  const model = make()
  const path = join(folder, 'chain.onnx')
  const shape = model.inputs[0]?.shape.slice(1) as number[]
  tf.env().set('ONNX_DEBUG', true)
  await exportOnnx(model, { inputShape: shape, path })
  tf.env().set('ONNX_DEBUG', false)
  const session = await InferenceSession.create(path)
  for (const batch of [1, 3]) {
    const x = tf.randomUniform([batch, ...shape], -1, 1, 'float32', batch)
    const expected = model.predict(x) as tf.Tensor
    const results = await session.run({ x: new Tensor('float32', (await x.data()) as Float32Array, x.shape) })
    const found = results[session.outputNames[0] as string] as InstanceType<typeof Tensor>
    expect(found.dims).toEqual(expected.shape)
    for (const [i, value] of (await expected.data()).entries()) {
      expect(Math.abs(value - ((found.data as Float32Array)[i] as number))).toBeLessThan(1e-5)
    }
  }
})

describe('what cannot be exported is told, and leaves no file', () => {
  const path = (): string => join(folder, 'never.onnx')
  const expectError = async (attempt: Promise<void>, message: RegExp): Promise<void> => {
    await expect(attempt).rejects.toMatchObject({ code: 'ONNX_EXPORT', message: expect.stringMatching(message) })
    expect(existsSync(path())).toBe(false)
    expect(existsSync(`${path()}.new`)).toBe(false)
  }

  test('another input shape', () =>
    expectError(exportOnnx(network(), { inputShape: [12, 10, 1], path: path() }), /another shape/))
  test('an option that is none', () =>
    expectError(exportOnnx(network(), { inputShape: [0], path: path() }), /inputShape/))
  test('a folder that is not there', () =>
    expectError(exportOnnx(network(), { inputShape: [12, 10, 3], path: '/nowhere/model.onnx' }), /cannot be written/))
  test('an option that nobody knows', () =>
    expectError(exportOnnx(network(), { inputShape: [12, 10, 3], path: path(), opset: 13 } as never), /opset/))
  test('what is no model', () =>
    expectError(exportOnnx({} as never, { inputShape: [1], path: path() }), /layers models/))
  test('an operation of backend cpu, by name', () =>
    expectError(
      exportOnnx(chain([3], new Custom((x) => x.mod(2))), { inputShape: [3], path: path() }),
      /Mod, which backend cpu/,
    ))
  test('a layer that reads numbers', () =>
    expectError(
      exportOnnx(chain([3], new Custom((x) => x.mul(x.dataSync()[0] as number))), { inputShape: [3], path: path() }),
      /asks for numbers/,
    ))
  test('a number that depends on the batch size', () =>
    expectError(
      exportOnnx(chain([3], new Custom((x) => x.mul(x.shape[0] as number))), { inputShape: [3], path: path() }),
      /a constant depends on the batch size/,
    ))
  test('another backend', async () => {
    const model = network()
    await tf.setBackend('cpu')
    await expectError(exportOnnx(model, { inputShape: [12, 10, 3], path: path() }), /backend cpu/)
    await tf.setBackend('onnx')
  })
})
