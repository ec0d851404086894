import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readTensors } from '@facekp/weights'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import * as tf from '@tensorflow/tfjs'
import {
  fixturePath,
  golden,
  largestDifference,
  otherLayers,
  predictGolden,
  tinyResNet,
} from '../../fixtures/tiny-nets.ts'
import { loadModel } from '../files/load-model.ts'
import { saveModel } from '../files/save-model.ts'
import { resNet } from '../networks/resnet.ts'
import { getPreprocessing, IMAGENET } from '../preprocessing.ts'
import { assignWeights } from './assign-weights.ts'
import { type LoadWeightsOptions, loadWeights } from './load-weights.ts'
import { WEIGHT_SOURCES } from './weight-sources.ts'

beforeAll(() => tf.setBackend('cpu'))

describe("weights and running statistics of PyTorch's network give PyTorch's output", () => {
  test.each(['tiny.pth', 'tiny-legacy.pth', 'tiny.pth.tar', 'tiny.safetensors'])('from %s', async (name) => {
    const model = tinyResNet(golden.tiny)
    const { loaded, ignored, file, ...rest } = await loadWeights(model, fixturePath(name))
    expect(largestDifference(predictGolden(model, golden.tiny, 'color'), golden.tiny.colorOutput)).toBeLessThan(1e-4)
    expect(loaded).toHaveLength(model.weights.length)
    expect(ignored).toContain('layer2.0.downsample.1.num_batches_tracked')
    expect(file).toBe(fixturePath(name))
    expect(rest).toEqual({
      adapted: [],
      replaced: [],
      missingKeys: [],
      unexpectedKeys: [],
      prefix: '',
      key: name === 'tiny.pth.tar' ? 'state_dict' : '',
      otherKeys: [],
      removed: name === 'tiny.pth.tar' ? ['module.'] : [],
      skipped: [],
    })
  })

  test('from bytes, and from a model of TensorFlow.js', async () => {
    const model = tinyResNet(golden.tiny)
    await loadWeights(model, await readFile(fixturePath('tiny.safetensors')))
    const folder = await mkdtemp(join(tmpdir(), 'facekp-weights-'))
    try {
      await saveModel(model, join(folder, 'tiny'))
      const other = tinyResNet(golden.tiny)
      const { loaded, missingKeys, unexpectedKeys } = await loadWeights(other, join(folder, 'tiny'))
      expect([loaded.length, missingKeys, unexpectedKeys]).toEqual([model.weights.length, [], []])
      expect(predictGolden(other, golden.tiny, 'color')).toEqual(predictGolden(model, golden.tiny, 'color'))
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('with blurs before convolutions', async () => {
    const model = tinyResNet(golden.antialiased, { filterSize: 2 })
    const { loaded, ignored, missingKeys, unexpectedKeys } = await loadWeights(model, fixturePath('antialiased.pth'))
    expect(
      largestDifference(predictGolden(model, golden.antialiased, 'color'), golden.antialiased.colorOutput),
    ).toBeLessThan(1e-4)
    expect([loaded.length, missingKeys, unexpectedKeys]).toEqual([model.weights.length, [], []])
    expect(ignored.filter((name) => name.endsWith('filt'))).toEqual([
      'layer2.0.conv2.0.filt',
      'layer2.0.downsample.0.filt',
    ])
  })

  test('with depthwise and transposed convolutions, and a dense layer after a Flatten', async () => {
    const model = otherLayers(golden.other)
    const { missingKeys, unexpectedKeys } = await loadWeights(model, fixturePath('other.pth'))
    expect(largestDifference(predictGolden(model, golden.other, 'color'), golden.other.colorOutput)).toBeLessThan(1e-4)
    expect([missingKeys, unexpectedKeys]).toEqual([[], []])
  })
})

describe('a first layer with another number of input channels', () => {
  test.each([1, 6])('computes the same for %d equal channels as for three', async (channels) => {
    const model = tinyResNet(golden.tiny, { channels })
    const { adapted, missingKeys } = await loadWeights(model, fixturePath('tiny.pth'))
    expect([adapted, missingKeys]).toEqual([[{ weight: 'conv1/kernel', from: 3, to: channels }], []])
    expect(largestDifference(predictGolden(model, golden.tiny, 'gray'), golden.tiny.grayOutput)).toBeLessThan(1e-4)
    const [kernel] = model.getLayer('conv1').getWeights() as [tf.Tensor]
    expect(kernel.shape).toEqual([5, 5, channels, 4])
  })

  // By timm's adapt_input_conv: repeated in turn, times the number of channels before / after.
  test.each([
    [[6], [2, 2, 2]],
    [
      [1, 2, 4],
      [1.5, 3],
    ],
    [
      [1, 2, 4],
      [0.75, 1.5, 3, 0.75],
    ],
  ])('repeats and scales the kernel %j to %j', (before, after) => {
    const model = tf.sequential({
      layers: [tf.layers.conv2d({ name: 'c', inputShape: [4, 4, after.length], filters: 1, kernelSize: 1 })],
    })
    const data = Float32Array.from(before)
    assignWeights(model, [{ name: 'c.weight', dtype: 'float32', shape: [1, before.length, 1, 1], data }])
    expect([...(model.getWeights()[0] as tf.Tensor).dataSync()]).toEqual(after)
  })
})

test('a last layer with another number of outputs keeps its weights, and all others are loaded', async () => {
  const model = tinyResNet(golden.tiny, { outputs: 136 })
  const before = model
    .getLayer('fc')
    .getWeights()
    .map((weight) => weight.dataSync())
  const { replaced, loaded, missingKeys, unexpectedKeys } = await loadWeights(model, fixturePath('tiny.pth'))
  expect([replaced, missingKeys, unexpectedKeys]).toEqual([['fc/kernel', 'fc/bias'], [], []])
  expect(loaded).toHaveLength(model.weights.length - 2)
  expect(
    model
      .getLayer('fc')
      .getWeights()
      .map((weight) => weight.dataSync()),
  ).toEqual(before)
})

test('reports names without a weight, and weights without a name', () => {
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ name: 'a', inputShape: [2], units: 1 }),
      tf.layers.dense({ name: 'b', units: 1, useBias: false }),
    ],
  })
  const float = (name: string, ...shape: number[]) => ({
    name,
    dtype: 'float32' as const,
    shape,
    data: new Float32Array(shape.reduce((x, y) => x * y, 1)),
  })
  const { loaded, missingKeys, unexpectedKeys } = assignWeights(model, [
    float('a.weight', 1, 2),
    float('a.weight_g', 1),
    float('b.bias', 1),
    float('head.weight', 1, 1),
  ])
  expect(loaded).toEqual(['a/kernel'])
  expect(missingKeys).toEqual(['a/bias', 'b/kernel'])
  expect(unexpectedKeys).toEqual(['a.weight_g', 'b.bias', 'head.weight'])
})

describe('weights that do not fit are an error, and the model is unchanged', () => {
  const tensors = (change: (name: string) => object | undefined = () => undefined) =>
    readFile(fixturePath('tiny.safetensors')).then((bytes) =>
      readTensors(bytes).map((tensor) => ({ ...tensor, ...change(tensor.name) })),
    )
  const changeTensor = (name: string, change: object) => (candidate: string) =>
    candidate === name ? change : undefined

  test.each<[string, string, (name: string) => object | undefined]>([
    ['MODEL_WEIGHTS_SHAPE', 'other sides of a kernel', changeTensor('layer1.0.conv1.weight', { shape: [4, 4, 9, 1] })],
    ['MODEL_WEIGHTS_SHAPE', 'other axes of a kernel', changeTensor('layer1.0.conv1.weight', { shape: [16, 9] })],
    [
      'MODEL_WEIGHTS_SHAPE',
      'other channels beyond the first layer',
      changeTensor('layer2.0.conv1.weight', { shape: [3, 8, 3, 3] }),
    ],
    ['MODEL_WEIGHTS_SHAPE', 'other filters of the first layer', changeTensor('conv1.weight', { shape: [2, 6, 5, 5] })],
    ['MODEL_WEIGHTS_SHAPE', 'other inputs of the last layer', changeTensor('fc.weight', { shape: [6, 5] })],
    [
      'MODEL_WEIGHTS_SHAPE',
      'another bias of the last layer alone',
      changeTensor('fc.bias', { shape: [1], data: Float32Array.of(1) }),
    ],
    ['MODEL_WEIGHTS_DTYPE', 'integers', changeTensor('bn1.bias', { dtype: 'int32', data: Int32Array.of(1, 2, 3, 4) })],
    [
      'MODEL_WEIGHTS_NOT_FINITE',
      'a value that is not a number',
      changeTensor('bn1.bias', { data: Float32Array.of(1, 2, Number.NaN, 4) }),
    ],
    ['MODEL_WEIGHTS_TWICE', 'two tensors for one weight', changeTensor('bn1.bias', { name: 'bn1/gamma' })],
    ['MODEL_WEIGHTS_NONE', 'names of another network', (name) => ({ name: name.replaceAll('.', '-') })],
  ])('%s: %s', async (code, _, change) => {
    const model = tinyResNet(golden.tiny)
    const values = () => model.getWeights().map((weight) => weight.dataSync())
    const before = values()
    const count = tf.memory().numTensors
    const changed = await tensors(change)
    expect(() => assignWeights(model, changed, 'tiny')).toThrow(expect.objectContaining({ code, file: 'tiny' }))
    expect(values()).toEqual(before)
    expect(tf.memory().numTensors).toBe(count)
  })
})

describe('the filters of blurs', () => {
  test('of another size than those of the model are an error that names both', async () => {
    const model = tinyResNet(golden.antialiased, { filterSize: 3 })
    const before = predictGolden(model, golden.antialiased, 'color')
    await expect(loadWeights(model, fixturePath('antialiased.pth'))).rejects.toMatchObject({
      code: 'MODEL_WEIGHTS_FILTER',
      problem: expect.stringContaining('layer2.0.conv2.0.filt'),
      file: fixturePath('antialiased.pth'),
      received: 'size 2',
      expected: expect.stringContaining('size 3'),
    })
    expect(predictGolden(model, golden.antialiased, 'color')).toEqual(before)
  })

  test('are unexpected keys of a network without blurs', async () => {
    const { unexpectedKeys, ignored } = await loadWeights(
      tinyResNet(golden.antialiased),
      fixturePath('antialiased.pth'),
    )
    expect(unexpectedKeys).toEqual(['layer2.0.conv2.0.filt', 'layer2.0.downsample.0.filt'])
    expect(ignored.filter((name) => name.endsWith('filt'))).toEqual([])
  })

  test("of the stem must have the size of the model's blurs", () => {
    const model = resNet({
      depth: 18,
      height: 64,
      width: 64,
      numKeypoints: 1,
      baseChannels: 2,
      antialias: { filterSize: 4 },
    })
    const tensors = (size: number) => [
      { name: 'bn1.bias', dtype: 'float32' as const, shape: [2], data: Float32Array.of(1, 2) },
      {
        name: 'maxpool.1.filt',
        dtype: 'float32' as const,
        shape: [2, 1, size, size],
        data: new Float32Array(2 * size ** 2),
      },
    ]
    expect(assignWeights(model, tensors(4)).ignored).toEqual(['maxpool.1.filt'])
    expect(() => assignWeights(model, tensors(5))).toThrow(expect.objectContaining({ code: 'MODEL_WEIGHTS_FILTER' }))
  })
})

test('filters of single channels are not spread over others', () => {
  const model = tf.sequential({
    layers: [tf.layers.depthwiseConv2d({ name: 'd', inputShape: [4, 4, 3], kernelSize: 1 })],
  })
  const tensor = { name: 'd.weight', dtype: 'float32' as const, shape: [2, 1, 1, 1], data: Float32Array.of(1, 2) }
  expect(() => assignWeights(model, [tensor])).toThrow(expect.objectContaining({ code: 'MODEL_WEIGHTS_SHAPE' }))
})

test('loading leaves no tensor behind', async () => {
  const model = tinyResNet(golden.tiny, { channels: 1 })
  const before = tf.memory().numTensors
  await loadWeights(model, fixturePath('tiny.pth'))
  expect(tf.memory().numTensors).toBe(before)
})

describe('named sources', () => {
  test('have names of their own, addresses of https and hashes in hexadecimal', () => {
    expect(new Set(WEIGHT_SOURCES.map(({ name }) => name)).size).toBe(WEIGHT_SOURCES.length)
    for (const { url, sha256, name, license } of WEIGHT_SOURCES) {
      expect(new URL(url).protocol).toBe('https:')
      expect(sha256 ?? '00000000').toMatch(/^([0-9a-f]{8}|[0-9a-f]{64})$/)
      expect(name.startsWith('antialiased-cnns/')).toBe(license.includes('non-commercial'))
    }
  })

  test('are known by nothing else', async () => {
    await expect(loadWeights(tinyResNet(golden.tiny), 'torchvision/resnet19')).rejects.toMatchObject({
      code: 'MODEL_WEIGHTS_UNKNOWN',
      received: 'torchvision/resnet19',
      expected: expect.stringContaining('torchvision/resnet18.imagenet1k_v1'),
    })
  })

  test('are loaded with their license, from a local file without a network connection', async () => {
    const model = tinyResNet(golden.tiny)
    const file = fixturePath('tiny.safetensors')
    const { license, missingKeys } = await loadWeights(model, 'timm/resnet34.a1_in1k', { file })
    expect([license, missingKeys]).toEqual([expect.stringContaining('Apache-2.0'), []])
    expect(largestDifference(predictGolden(model, golden.tiny, 'color'), golden.tiny.colorOutput)).toBeLessThan(1e-4)
  })

  test('set their preprocessing, averaged for gray, unless option preprocessing replaces it', async () => {
    const file = fixturePath('tiny.safetensors')
    const load = async (channels: 1 | 3, options: LoadWeightsOptions = {}) => {
      const model = tinyResNet(golden.tiny, { channels })
      await loadWeights(model, 'timm/resnet34.a1_in1k', { file, ...options })
      return getPreprocessing(model)
    }
    expect(await load(3)).toEqual(IMAGENET)
    const gray = await load(1)
    expect([gray.mean[0], gray.std[0]]).toEqual([expect.closeTo(0.449, 12), expect.closeTo(0.226, 12)])
    const preprocessing = { channels: 1, mean: [0.4], std: [0.3] } as const
    expect(await load(1, { preprocessing })).toEqual(preprocessing)
    await expect(load(3, { preprocessing })).rejects.toMatchObject({ code: 'MODEL_PREPROCESSING' })
  })
})

describe('a saved model', () => {
  let root: string
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'facekp-stored-'))
  })
  afterAll(() => rm(root, { recursive: true }))

  const color = { channels: 3, mean: [0.1, 0.2, 0.6], std: [0.3, 0.4, 0.5] } as const
  const saveColorModel = async (preprocessing: object): Promise<string> => {
    const model = tinyResNet(golden.tiny)
    model.setUserDefinedMetadata({ preprocessing })
    await saveModel(model, join(root, 'color'))
    return join(root, 'color')
  }

  test.each(['', 'model.json'])('sets its preprocessing, averaged for gray, from path "%s"', async (name) => {
    const path = join(await saveColorModel(color), name)
    const model = tinyResNet(golden.tiny)
    await loadWeights(model, path)
    expect(getPreprocessing(model)).toEqual(color)
    const gray = tinyResNet(golden.tiny, { channels: 1 })
    await loadWeights(gray, path)
    const { channels, mean, std } = getPreprocessing(gray)
    expect([channels, ...mean, ...std]).toEqual([1, expect.closeTo(0.3, 12), expect.closeTo(0.4, 12)])
  })

  test('sets its preprocessing from a model.json with a byte order mark, as Notepad writes it', async () => {
    const file = join(await saveColorModel(color), 'model.json')
    await writeFile(file, `\uFEFF${await readFile(file, 'utf8')}`)
    const model = tinyResNet(golden.tiny)
    await loadWeights(model, file)
    expect(getPreprocessing(model)).toEqual(color)
    expect(getPreprocessing(await loadModel(join(root, 'color')))).toEqual(color)
    await saveModel(model, join(root, 'color'))
  })

  test('does not set it if option preprocessing replaces it, or if it stores none', async () => {
    const path = await saveColorModel(color)
    const model = tinyResNet(golden.tiny)
    const preprocessing = { channels: 3, mean: [0, 0, 0], std: [1, 1, 1] } as const
    await loadWeights(model, path, { preprocessing })
    expect(getPreprocessing(model)).toEqual(preprocessing)
    await saveModel(tinyResNet(golden.tiny), path)
    await loadWeights(model, path)
    expect(getPreprocessing(model)).toEqual(preprocessing)
  })

  test('with an invalid preprocessing is an error that names the file, and the model is unchanged', async () => {
    const path = await saveColorModel({ ...color, std: [1, 0, 1] })
    const model = tinyResNet(golden.tiny)
    const before = model.getWeights().map((weight) => weight.dataSync())
    await expect(loadWeights(model, path)).rejects.toMatchObject({
      code: 'MODEL_PREPROCESSING',
      message: expect.stringContaining(join(path, 'model.json')),
    })
    expect(model.getWeights().map((weight) => weight.dataSync())).toEqual(before)
  })
})

describe('checkpoints as programs save them', () => {
  const dense = () => tf.sequential({ layers: [tf.layers.dense({ name: 'fc', units: 2, inputShape: [3] })] })
  const checkpoint = (name: string) => fixturePath(`../../weights/fixtures/checkpoints/${name}.pth`)
  // PyTorch's weight [[1, 2, 3], [4, 5, 6]] and bias [0.5, 0.25].
  const weights = [1, 4, 2, 5, 3, 6, 0.5, 0.25]
  const load = async (name: string, options: LoadWeightsOptions = {}) => {
    const model = dense()
    const { loaded, missingKeys, ...report } = await loadWeights(model, checkpoint(name), options)
    expect([loaded, missingKeys]).toEqual([['fc/kernel', 'fc/bias'], []])
    return { values: model.getWeights().flatMap((weight) => [...weight.dataSync()]), ...report }
  }

  test.each([
    ['objects', { key: 'state_dict' }],
    ['entries', { skipped: expect.arrayContaining([{ name: 'fc._extra_state', reason: 'None' }]) }],
    ['parallel-compiled', { removed: ['_orig_mod.', 'module.'] }],
    ['lightning', { key: 'state_dict', prefix: 'model.' }],
    ['compiled-part', { prefix: 'net.', unexpectedKeys: ['head.bias'] }],
    ['ema', { key: 'state_dict', otherKeys: ['state_dict_ema'] }],
  ])('%s', async (name, report) => {
    expect(await load(name)).toMatchObject({ values: weights, ...report })
  })

  test('by options key, ema and prefix', async () => {
    const averages = weights.map((value) => 10 * value)
    expect(await load('ema', { ema: true })).toMatchObject({ values: averages, key: 'state_dict_ema' })
    expect(await load('several', { key: 'discriminator' })).toMatchObject({ values: averages })
    expect(await load('student-teacher', { prefix: 'teacher.' })).toMatchObject({
      values: averages,
      removed: ['teacher.'],
      prefix: '',
    })
  })

  test('with an unknown option are an error', async () => {
    await expect(load('ema', { keys: 'model' } as object)).rejects.toMatchObject({
      code: 'MODEL_OPTIONS',
      received: 'an unknown name: did you mean key?',
    })
  })

  test('with two prefixes that match are an error that lists them, and the model is unchanged', async () => {
    const model = dense()
    const before = model.getWeights().map((weight) => weight.dataSync())
    await expect(loadWeights(model, checkpoint('student-teacher'))).rejects.toMatchObject({
      code: 'MODEL_WEIGHTS_PREFIX',
      file: checkpoint('student-teacher'),
      received: '"student.", "teacher."',
    })
    expect(model.getWeights().map((weight) => weight.dataSync())).toEqual(before)
  })

  test('in a folder of Hugging Face, by its path or URL', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'facekp-hub-'))
    try {
      await copyFile(fixturePath('tiny.safetensors'), join(folder, 'model.safetensors'))
      for (const source of [folder, pathToFileURL(folder)]) {
        const model = tinyResNet(golden.tiny)
        const { file, missingKeys } = await loadWeights(model, source)
        expect([file, missingKeys]).toEqual([folder, []])
        expect(largestDifference(predictGolden(model, golden.tiny, 'color'), golden.tiny.colorOutput)).toBeLessThan(
          1e-4,
        )
      }
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
