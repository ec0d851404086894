import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import { exportOnnx } from './export-onnx.ts'

// The public interface of onnxruntime-node runs the files.
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

test('ONNX Runtime computes the outputs of the model, for any batch size', async () => {
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
    const output = results[session.outputNames[0] as string] as InstanceType<typeof Tensor>
    expect(output.dims).toEqual([batch, 6])
    for (const [i, value] of expected.entries()) {
      expect(Math.abs(value - ((output.data as Float32Array)[i] as number))).toBeLessThan(1e-5)
    }
  }
})

test.each<[string, string, () => tf.layers.Layer]>([
  ['a convolution', 'Conv', () => tf.layers.conv2d({ filters: 16, kernelSize: 3, padding: 'same', useBias: false })],
  ['upsampling', 'MatMul', () => tf.layers.upSampling2d({ size: [2, 2] })],
  ['bilinear upsampling', 'MatMul', () => tf.layers.upSampling2d({ size: [2, 2], interpolation: 'bilinear' })],
  ['a product with transposed matrices', 'MatMul', () => new Custom((x) => tf.matMul(x, x, false, true))],
])('a file of %s contains only standard ONNX nodes', async (_, operator, makeLayer) => {
  const path = join(folder, 'plain.onnx')
  await exportOnnx(chain([64, 64, 16], makeLayer()), { inputShape: [64, 64, 16], path, maxDifference: 1e-3 })
  const file = readFileSync(path, 'latin1')
  expect(file).toContain(operator)
  expect(file).not.toMatch(/nchwc|com\.microsoft|stop/)
})

test('exports a function of tensors, with metadata', async () => {
  const path = join(folder, 'function.onnx')
  const source = {
    inputName: 'image',
    outputNames: ['doubled', 'largest'],
    compute: (batch: tf.Tensor) => [tf.mul(batch, tf.tensor1d([2, -2])), tf.max(batch, 1)],
  }
  const { numTensors } = tf.memory()
  await exportOnnx(source, { inputShape: [2], path, metadata: { license: 'CC-BY-4.0', author: 'Zoë' } })
  expect(tf.memory().numTensors).toBe(numTensors)
  const session = await InferenceSession.create(path)
  const { doubled, largest } = await session.run({ image: new Tensor('float32', [1, 2, 4, 3, -1, 5], [3, 2]) })
  expect(doubled?.data).toEqual(Float32Array.of(2, -4, 8, -6, -2, -10))
  expect(largest?.data).toEqual(Float32Array.of(2, 4, 5))
  // Message StringStringEntryProto, field 14 of ModelProto: key is field 1, value is field 2 (onnx.proto).
  const file = readFileSync(path)
  expect(file.includes(Buffer.from('\x72\x14\x0a\x07license\x12\x09CC-BY-4.0'))).toBe(true)
  expect(file.includes(Buffer.from('\x72\x0e\x0a\x06author\x12\x04Zoë'))).toBe(true)
})

test('an output may depend on the batch size only, and a size may equal that of the recording', async () => {
  const path = join(folder, 'size.onnx')
  // The graph is recorded for a batch of 1009.
  const compute = (batch: tf.Tensor) => [tf.fill([batch.shape[0] as number, 1009], 2)]
  await exportOnnx({ inputName: 'x', outputNames: ['twos'], compute }, { inputShape: [1], path })
  const session = await InferenceSession.create(path)
  const { twos } = await session.run({ x: new Tensor('float32', [7, 8, 9], [3, 1]) })
  expect(twos?.dims).toEqual([3, 1009])
  expect(new Set(twos?.data as Float32Array)).toEqual(new Set([2]))
})

test('the input and the outputs may have names that other values of a graph have', async () => {
  const path = join(folder, 'names.onnx')
  const compute = (batch: tf.Tensor) => [tf.mul(batch, 2), tf.add(batch, tf.tensor1d([1, 2]))]
  await exportOnnx({ inputName: 'v0', outputNames: ['v1', 'v2'], compute }, { inputShape: [2], path })
  const session = await InferenceSession.create(path)
  const { v1, v2 } = await session.run({ v0: new Tensor('float32', [3, 5], [1, 2]) })
  expect(v1?.data).toEqual(Float32Array.of(6, 10))
  expect(v2?.data).toEqual(Float32Array.of(4, 7))
})

test('a function of more operations than are recorded before they are computed', async () => {
  const path = join(folder, 'long.onnx')
  const compute = (batch: tf.Tensor) => {
    let x = batch
    for (let i = 0; i < 10_001; i++) x = tf.neg(x)
    return [x]
  }
  await exportOnnx({ inputName: 'x', outputNames: ['y'], compute }, { inputShape: [2], path })
  const session = await InferenceSession.create(path)
  const { y } = await session.run({ x: new Tensor('float32', [3, -5], [1, 2]) })
  expect(y?.data).toEqual(Float32Array.of(-3, 5))
})

/** Makes a model of layers in sequence. */
function chain(shape: number[], ...layers: tf.layers.Layer[]): tf.LayersModel {
  const input = tf.input({ shape, name: 'x' })
  const outputs = layers.reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, input)
  return tf.model({ inputs: input, outputs })
}

/** A layer of one function. */
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
    'a bidirectional recurrent layer',
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
    const output = results[session.outputNames[0] as string] as InstanceType<typeof Tensor>
    expect(output.dims).toEqual(expected.shape)
    for (const [i, value] of (await expected.data()).entries()) {
      expect(Math.abs(value - ((output.data as Float32Array)[i] as number))).toBeLessThan(1e-5)
    }
  }
})

describe('from any backend', () => {
  const path = (name: string): string => join(folder, `${name}.onnx`)
  const options = (name: string) => ({ inputShape: [12, 10, 3], path: path(name) })
  const { state } = tf.engine() as unknown as {
    readonly state: { readonly tensorInfo: WeakMap<object, { readonly backend: tf.KernelBackend }> }
  }
  const findBackends = (model: tf.LayersModel): Set<tf.KernelBackend | undefined> =>
    new Set(model.getWeights().map(({ dataId }) => state.tensorInfo.get(dataId)?.backend))
  const readWeights = (model: tf.LayersModel): number[] =>
    model.getWeights().flatMap((weight) => [...weight.dataSync()])
  let expected: Buffer

  beforeAll(async () => {
    setWasmPaths(
      `${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json'))}/dist/`,
    )
    await tf.setBackend('onnx')
    const model = network()
    await exportOnnx(model, options('expected'))
    expected = readFileSync(path('expected'))
    model.dispose()
  })
  afterEach(async () => {
    await tf.setBackend('onnx')
  })

  test.each(['cpu', 'wasm', 'onnx'])('%s: writes the same file and changes neither backend nor model', async (name) => {
    expect(await tf.setBackend(name)).toBe(true)
    const model = network()
    const weights = readWeights(model)
    const { numTensors, numDataBuffers } = tf.memory()
    await exportOnnx(model, options(name))
    expect(tf.getBackend()).toBe(name)
    expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers })
    expect([...findBackends(model)]).toEqual([tf.engine().findBackend(name)])
    expect(readWeights(model)).toEqual(weights)
    expect(readFileSync(path(name)).equals(expected)).toBe(true)
    model.dispose()
  })

  test('moves weights of another backend than the active one back to it', async () => {
    await tf.setBackend('cpu')
    const model = network()
    await tf.setBackend('wasm')
    await exportOnnx(model, options('moved'))
    expect(tf.getBackend()).toBe('wasm')
    expect([...findBackends(model)]).toEqual([tf.engine().findBackend('cpu')])
    expect(readFileSync(path('moved')).equals(expected)).toBe(true)
    model.dispose()
  })

  test('concurrent exports and predictions do not disturb each other', async () => {
    await tf.setBackend('cpu')
    const model = network()
    const x = tf.ones([2, 12, 10, 3])
    const before = await (model.predict(x) as tf.Tensor).data()
    const names = ['first', 'second', 'third']
    const exports = names.map((name) => exportOnnx(model, options(name)))
    const prediction = model.predict(x) as tf.Tensor
    await Promise.all(exports)
    expect(tf.getBackend()).toBe('cpu')
    expect(await prediction.data()).toEqual(before)
    for (const name of names) expect(readFileSync(path(name)).equals(expected)).toBe(true)
    model.dispose()
  })

  test('an error restores the backend, the weights, the debug flag and the number of tensors', async () => {
    await tf.setBackend('cpu')
    const dense = tf.layers.dense({ units: 3 })
    const model = chain([3], dense, new Custom((x) => x.mod(2)))
    tf.env().set('ONNX_DEBUG', true)
    const { numTensors } = tf.memory()
    const attempt = exportOnnx(model, { inputShape: [3], path: path('failed') })
    await expect(attempt).rejects.toMatchObject({
      code: 'ONNX_EXPORT',
      message: expect.stringMatching(/reads numbers, but only the shape/),
    })
    expect(tf.getBackend()).toBe('cpu')
    expect(tf.env().getBool('ONNX_DEBUG')).toBe(true)
    expect(tf.memory().numTensors).toBe(numTensors)
    expect([...findBackends(model)]).toEqual([tf.engine().findBackend('cpu')])
    tf.env().set('ONNX_DEBUG', false)
    model.dispose()
  })
})

describe('rejects a model that cannot be exported, and leaves no file', () => {
  const path = (): string => join(folder, 'never.onnx')
  const expectError = async (attempt: Promise<void>, message: RegExp): Promise<void> => {
    await expect(attempt).rejects.toMatchObject({ code: 'ONNX_EXPORT', message: expect.stringMatching(message) })
    expect(existsSync(path())).toBe(false)
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([])
  }

  test('another input shape', () =>
    expectError(
      exportOnnx(network(), { inputShape: [12, 10, 1], path: path() }),
      /inputShape.*expected \[12,10,3\], received \[12,10,1\]/,
    ))
  test('an invalid option', () => expectError(exportOnnx(network(), { inputShape: [0], path: path() }), /inputShape/))
  test('a path below a file', () => {
    const below = join(folder, 'plain.onnx', 'model.onnx')
    return expectError(exportOnnx(network(), { inputShape: [12, 10, 3], path: below }), /cannot write the file/)
  })
  test('an unknown option', () =>
    expectError(exportOnnx(network(), { inputShape: [12, 10, 3], path: path(), opset: 13 } as never), /opset/))
  test('a layer that is applied twice, which gives both outputs its name', () => {
    const input = tf.input({ shape: [3], name: 'x' })
    const shared = tf.layers.dense({ units: 3, name: 'points' })
    const once = shared.apply(input) as tf.SymbolicTensor
    const model = tf.model({ inputs: input, outputs: [once, shared.apply(once) as tf.SymbolicTensor] })
    return expectError(exportOnnx(model, { inputShape: [3], path: path() }), /received x, points, points/)
  })
  test('an object that is not a model', () =>
    expectError(
      exportOnnx({} as never, { inputShape: [1], path: path() }),
      /expected a tf.LayersModel or .*, received object/,
    ))
  test('an operation of backend cpu, by name', () =>
    expectError(
      exportOnnx(chain([3], new Custom((x) => x.mod(2))), { inputShape: [3], path: path() }),
      /Mod, which backend cpu/,
    ))
  test.each([
    [['a', 'b'], /another number of tensors.*expected 2 tensors: a, b, received 1/],
    [[], /another number of tensors/],
  ])('a function with other outputs than names %j', (outputNames, message) =>
    expectError(
      exportOnnx({ inputName: 'x', outputNames, compute: (x) => [x] }, { inputShape: [3], path: path() }),
      message,
    ),
  )
  test('metadata that is not text', () =>
    expectError(
      exportOnnx(network(), { inputShape: [12, 10, 3], path: path(), metadata: { version: 1 } as never }),
      /metadata/,
    ))
  test('a layer that reads numbers', () =>
    expectError(
      exportOnnx(chain([3], new Custom((x) => x.mul(x.dataSync()[0] as number))), { inputShape: [3], path: path() }),
      /reads numbers/,
    ))
  test('a number that depends on the batch size', () =>
    expectError(
      exportOnnx(chain([3], new Custom((x) => x.mul(x.shape[0] as number))), { inputShape: [3], path: path() }),
      /a constant depends on the batch size/,
    ))
})

describe('option maxDifference', () => {
  const createSource = (addend: () => number) => ({
    inputName: 'image',
    outputNames: ['sum'],
    compute: (batch: tf.Tensor) => [tf.add(batch, addend())],
  })

  test('writes a file that computes the same', async () => {
    const file = join(folder, 'same.onnx')
    const tensors = tf.memory().numTensors
    await exportOnnx(
      createSource(() => 1),
      { inputShape: [2, 3], path: file, maxDifference: 1e-6 },
    )
    expect(existsSync(file)).toBe(true)
    expect(tf.memory().numTensors).toBe(tensors)
  })

  test('compares integers, truth values and infinities too', async () => {
    const file = join(folder, 'types.onnx')
    const compute = (batch: tf.Tensor) => [
      tf.argMax(batch, 1),
      tf.greater(batch, 0.5),
      tf.add(batch, Number.NEGATIVE_INFINITY),
    ]
    const source = { inputName: 'image', outputNames: ['largest', 'isBright', 'infinite'], compute }
    await exportOnnx(source, { inputShape: [3], path: file, maxDifference: 1e-6 })
    expect(existsSync(file)).toBe(true)
  })

  test('refuses a file that does not, and leaves none', async () => {
    const file = join(folder, 'other.onnx')
    // Recorded for two batch sizes with 1, and then computed with 1.5.
    const addends = [1, 1, 1.5]
    const source = createSource(() => addends.shift() as number)
    await expect(exportOnnx(source, { inputShape: [2, 3], path: file, maxDifference: 0.4 })).rejects.toMatchObject({
      code: 'ONNX_EXPORT',
      received: expect.stringMatching(/^0\.(5|49999)/),
    })
    expect(existsSync(file)).toBe(false)
  })
})
