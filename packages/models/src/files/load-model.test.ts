import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readTensorFile } from '@facekp/weights/node'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import { largestDifference } from '../../fixtures/tiny-nets.ts'
import { resNet } from '../networks/resnet.ts'
import { assignWeights } from '../pretrained/assign-weights.ts'
import { encodeModel } from './encode-model.ts'
import { loadModel } from './load-model.ts'
import { saveModel } from './save-model.ts'

let root: string
beforeAll(async () => {
  await tf.setBackend('cpu')
  root = await mkdtemp(join(tmpdir(), 'facekp-model-'))
})
afterAll(() => rm(root, { recursive: true }))

const small = (): tf.LayersModel =>
  tf.sequential({
    layers: [
      tf.layers.conv2d({ inputShape: [6, 6, 1], filters: 2, kernelSize: 3 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 2 }),
    ],
  })

describe('saveModel and loadModel', () => {
  test('round-trip a model, replacing an existing one and leaving no other files', async () => {
    const folder = join(root, 'round')
    await saveModel(small(), folder)
    const model = small()
    await saveModel(model, folder)
    const loaded = await loadModel(folder)
    const image = tf.randomNormal([2, 6, 6, 1], 0, 1, 'float32', 1)
    const data = (m: tf.LayersModel): number[] => Array.from((m.predict(image) as tf.Tensor).dataSync())
    expect(data(loaded)).toEqual(data(model))
    expect(await readdir(folder)).toEqual(['model.json', expect.stringMatching(/^weights-[0-9a-f]{12}\.bin$/)])
    expect(await readdir(root)).toEqual(['round'])
  })

  test('a folder of other files is refused and stays, and that of a run is written', async () => {
    const folder = join(root, 'photographs')
    await mkdir(folder)
    await writeFile(join(folder, 'a.jpg'), '')
    await expect(saveModel(small(), folder)).rejects.toMatchObject({ code: 'MODEL_NOT_WRITTEN', received: 'a.jpg' })
    expect(await readdir(folder)).toEqual(['a.jpg'])
    await writeFile(join(folder, 'history.jsonl'), '')
    await saveModel(small(), folder)
    expect((await readdir(folder)).sort()).toEqual(['a.jpg', 'history.jsonl', 'model.json', 'weights.bin'])
    await rm(folder, { recursive: true })
  })

  test.each([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
  ])('%s in the statistics of batch normalization is refused, and the last model stays', async (text, value) => {
    const folder = join(root, `finite ${text}`)
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ inputShape: [3], units: 3 }),
        tf.layers.batchNormalization({ name: `norm${text}` }),
        tf.layers.dense({ units: 2 }),
      ],
    })
    await saveModel(model, folder)
    const before = await readdir(folder)
    const variance = model.weights.find(({ name }) => name.includes('moving_variance'))
    variance?.write(tf.tensor1d([1, 1, value]))
    const error = {
      code: 'WEIGHTS_NOT_FINITE',
      problem: `weight norm${text}/moving_variance is not finite in the model, which is not saved`,
      received: `${text} at index 2`,
    }
    await expect(saveModel(model, folder)).rejects.toMatchObject(error)
    await expect(saveModel(model, join(folder, 'new'))).rejects.toMatchObject(error)
    await expect(encodeModel(model)).rejects.toMatchObject(error)
    expect(await readdir(folder)).toEqual(before)
    const loaded = (await loadModel(folder)).weights.find(({ name }) => name.includes('moving_variance'))
    expect(Array.from(loaded?.read().dataSync() ?? [])).toEqual([1, 1, 1])
    await rm(folder, { recursive: true })
  })

  test('a model is there whenever it is read while it is saved, also twice at once', async () => {
    const folder = join(root, 'busy')
    await saveModel(small(), folder)
    let isSaving = true
    const saving = async (): Promise<void> => {
      for (let i = 0; i < 10; i++) await saveModel(small(), folder)
    }
    const reading = async (): Promise<void> => {
      while (isSaving) (await loadModel(folder)).dispose()
    }
    const reader = reading()
    await Promise.all([saving(), saving()])
    isSaving = false
    await reader
    expect(await readdir(folder)).toHaveLength(2)
    await rm(folder, { recursive: true })
  })

  test('support the layers of @facekp/blurpool', async () => {
    const folder = join(root, 'blurred')
    await saveModel(
      resNet({ depth: 18, height: 64, width: 64, numKeypoints: 1, baseChannels: 1, antialias: {} }),
      folder,
    )
    expect((await loadModel(folder)).getLayer('maxblur').getClassName()).toBe('MaxBlurPool2D')
    await rm(folder, { recursive: true })
  })

  test('report the invalid file of a folder', async () => {
    const folder = join(root, 'bad')
    await expect(loadModel(folder)).rejects.toMatchObject({ code: 'MODEL_MISSING', file: join(folder, 'model.json') })
    await saveModel(small(), folder)
    const weights = await readFile(join(folder, 'weights.bin'))
    await writeFile(join(folder, 'weights.bin'), weights.subarray(4))
    await expect(loadModel(folder)).rejects.toMatchObject({
      code: 'WEIGHTS_TRUNCATED',
      file: join(folder, 'model.json'),
      problem: expect.stringContaining('dense'),
    })
    await rm(join(folder, 'weights.bin'))
    await expect(loadModel(folder)).rejects.toMatchObject({ code: 'MODEL_MISSING', file: join(folder, 'weights.bin') })
    await writeFile(join(folder, 'model.json'), '{"modelTopology": {}}')
    await expect(loadModel(folder)).rejects.toMatchObject({ code: 'MODEL_INVALID' })
    await writeFile(join(folder, 'model.json'), '{"modelTop')
    await expect(loadModel(folder)).rejects.toMatchObject({ code: 'MODEL_INVALID' })
  })
})

describe('a model of tensorflowjs_converter', () => {
  const image = tf.randomNormal([2, 6, 6, 1], 0, 1, 'float32', 1)
  const predict = (model: tf.LayersModel): number[] => [...(model.predict(image) as tf.Tensor).dataSync()]
  type Quantize = (values: Float32Array) => { readonly quantization?: object; readonly bytes: Uint8Array }

  /** Writes a model in shards of 100 bytes; gives what TensorFlow.js itself loads from the same bytes. */
  async function convert(folder: string, quantize: Quantize): Promise<tf.LayersModel> {
    const model = small()
    const weights = model.weights.map((weight) => ({ weight, ...quantize(weight.read().dataSync() as Float32Array) }))
    const bytes = Buffer.concat(weights.map((weight) => weight.bytes))
    const weightSpecs = weights.map(({ weight, quantization }) => ({
      name: weight.originalName,
      shape: weight.shape as number[],
      dtype: 'float32' as const,
      ...(quantization && { quantization: quantization as tf.io.WeightsManifestEntry['quantization'] }),
    })) as tf.io.WeightsManifestEntry[]
    const count = Math.ceil(bytes.length / 100)
    const paths = Array.from({ length: count }, (_, i) => `group1-shard${i + 1}of${count}.bin`)
    // Keras' own topology holds the configuration beside its version.
    const modelTopology = {
      keras_version: '2.15.0',
      backend: 'tensorflow',
      model_config: model.toJSON(null, false) as object,
    }
    const json = {
      format: 'layers-model',
      generatedBy: 'keras v2.15.0',
      convertedBy: 'TensorFlow.js Converter v4.22.0',
      modelTopology,
    }
    await mkdir(folder, { recursive: true })
    await writeFile(
      join(folder, 'model.json'),
      JSON.stringify({ ...json, weightsManifest: [{ paths, weights: weightSpecs }] }),
    )
    for (const [i, path] of paths.entries()) await writeFile(join(folder, path), bytes.subarray(100 * i, 100 * i + 100))
    return tf.loadLayersModel(
      tf.io.fromMemory({ modelTopology, weightSpecs, weightData: new Uint8Array(bytes).buffer }),
    )
  }

  const toSteps =
    (dtype: 'uint8' | 'uint16', steps: number): Quantize =>
    (values) => {
      const min = Math.min(...values, 0)
      const scale = (Math.max(...values, 0.1) - min) / steps
      const rounded = Array.from(values, (value) => Math.round((value - min) / scale))
      const array = dtype === 'uint8' ? Uint8Array.from(rounded) : Uint16Array.from(rounded)
      return { quantization: { dtype, scale, min, original_dtype: 'float32' }, bytes: new Uint8Array(array.buffer) }
    }
  // 1, 0.5, 0.25 ... as halves: the exponent alone.
  const toHalves: Quantize = (values) => ({
    quantization: { dtype: 'float16', original_dtype: 'float32' },
    bytes: new Uint8Array(Uint16Array.from(values, (_, i) => ((15 - (i % 5)) << 10) | ((i % 2) << 15)).buffer),
  })

  test.each<[string, Quantize]>([
    ['float32', (values) => ({ bytes: new Uint8Array(values.slice().buffer) })],
    ['uint8', toSteps('uint8', 255)],
    ['uint16', toSteps('uint16', 65535)],
    ['float16', toHalves],
  ])('with shards of %s predicts what tf.loadLayersModel predicts', async (dtype, quantize) => {
    const folder = join(root, dtype)
    const expected = predict(await convert(folder, quantize))
    for (const source of [
      folder,
      join(folder, 'model.json'),
      pathToFileURL(folder),
      pathToFileURL(join(folder, 'model.json')).href,
    ]) {
      expect(predict(await loadModel(source))).toEqual(expected)
    }
    const model = small()
    const named = (await readTensorFile(folder)).map((tensor, i) => ({
      ...tensor,
      name: (model.weights[i] as { originalName: string }).originalName,
    }))
    assignWeights(model, named)
    expect(predict(model)).toEqual(expected)
    await rm(folder, { recursive: true })
  })
})

describe('what a model file has beside topology and weights', () => {
  test('user-defined metadata and the training configuration are kept, with the state of the optimizer', async () => {
    const folder = join(root, 'compiled')
    const model = small()
    model.compile({ optimizer: tf.train.adam(0.01), loss: 'meanSquaredError', metrics: ['mae'] })
    model.setUserDefinedMetadata({ points: ['nose'] })
    const x = tf.ones([4, 6, 6, 1])
    const y = tf.ones([4, 2])
    await model.fit(x, y, { epochs: 2, verbose: 0 })
    await saveModel(model, folder)
    await saveModel(await loadModel(folder), folder)
    const loaded = await loadModel(folder)
    expect(loaded.getUserDefinedMetadata()).toEqual({ points: ['nose'] })
    expect(loaded.loss).toBe('meanSquaredError')
    expect(loaded.metrics).toEqual(['mae'])
    expect(loaded.optimizer.getConfig()).toEqual(model.optimizer.getConfig())
    // The next step of training is the same, but for the rounding of Adam's powers; without its state it is another by 0.01.
    for (const trained of [model, loaded]) await trained.fit(x, y, { epochs: 1, verbose: 0, shuffle: false })
    const values = (trained: tf.LayersModel) => trained.getWeights().flatMap((weight) => [...weight.dataSync()])
    expect(largestDifference(values(loaded), values(model))).toBeLessThan(1e-6)
    await rm(folder, { recursive: true })
  })

  test('a loss that is a function is left out', async () => {
    const folder = join(root, 'function')
    const model = small()
    model.compile({ optimizer: 'sgd', loss: tf.losses.absoluteDifference })
    await saveModel(model, folder)
    expect((await loadModel(folder)).optimizer).toBeUndefined()
    await rm(folder, { recursive: true })
  })
})

test('a topology with more weights than the file is refused before they are created', async () => {
  const folder = join(root, 'huge')
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 4, inputShape: [2] })] })
  await saveModel(model, folder)
  const file = join(folder, 'model.json')
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace('"units":4', '"units":200000000').replace('[null,2]', '[null,200000000]'))
  await expect(loadModel(folder)).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    received: expect.stringContaining('more numbers than the file'),
  })
  const other = tf.sequential({ layers: [tf.layers.dense({ units: 40, inputShape: [2] })] })
  expect(other.countParams()).toBe(120)
  await rm(folder, { recursive: true })
})

describe('a model.json that was changed is refused, and no tensor is left:', () => {
  const branched = (): tf.LayersModel => {
    const input = tf.input({ shape: [3], name: 'in' })
    const first = tf.layers.dense({ units: 3, name: 'first' }).apply(input) as tf.SymbolicTensor
    const second = tf.layers.dense({ units: 3, name: 'second' }).apply(first) as tf.SymbolicTensor
    const sum = tf.layers.add({ name: 'sum' }).apply([first, second]) as tf.SymbolicTensor
    const model = tf.model({ inputs: input, outputs: sum })
    model.compile({ optimizer: 'adam', loss: 'meanSquaredError' })
    return model
  }

  test.each([
    [
      'an input from no layer',
      /\["in",0,0,/,
      '["out",0,0,',
      'layer first takes its input from layer out, which does not exist',
    ],
    ['a circle', /\["in",0,0,/, '["second",0,0,', 'circle'],
    ['an input from a call that is not made', /\["in",0,0,/, '["in",7,0,', 'circle'],
    ['a name twice', /"second"/g, '"first"', 'two layers are named first'],
    ['two names of a layer', '"name":"second"', '"name":"third"', 'third'],
    ['a weight of another name', 'second/kernel', 'third/kernel', 'third/kernel'],
    ['a weight of another shape', '[3,3]', '[9,1]', ''],
    ['a loss that does not exist', '"mean_squared_error"', '"mean_loss"', 'meanLoss'],
    ['a type of weight that does not exist', /"float32"(?!.*"float32")/s, '"float31"', ''],
  ])('%s', async (_, from, to, received) => {
    const folder = join(root, 'changed')
    const model = branched()
    await saveModel(model, folder)
    model.optimizer.dispose()
    model.dispose()
    const file = join(folder, 'model.json')
    const text = await readFile(file, 'utf8')
    const changed = text.replace(from, to)
    expect(changed).not.toBe(text)
    await writeFile(file, changed)
    const before = tf.memory().numTensors
    const failure = await loadModel(folder).catch((error: unknown) => error)
    expect(failure).toMatchObject({ file, received: expect.stringContaining(received) })
    expect(tf.memory().numTensors).toBe(before)
    await rm(folder, { recursive: true })
  })
})

test('a graph model is an error that names its reader', async () => {
  const folder = join(root, 'graph')
  await mkdir(folder)
  await writeFile(join(folder, 'model.json'), '{"format":"graph-model","modelTopology":{},"weightsManifest":[]}')
  await expect(loadModel(folder)).rejects.toMatchObject({
    code: 'MODEL_INVALID',
    received: expect.stringContaining('tf.loadGraphModel'),
  })
  await rm(folder, { recursive: true })
})

test('models saved to one folder at the same time leave one of them, whole', async () => {
  const folder = join(root, 'concurrent')
  await Promise.all(Array.from({ length: 6 }, () => saveModel(small(), folder)))
  expect((await loadModel(folder)).countParams()).toBe(small().countParams())
  expect((await readdir(root)).filter((name) => name.startsWith('concurrent'))).toEqual(['concurrent'])
})
