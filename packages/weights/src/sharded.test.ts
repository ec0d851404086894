import { describe, expect, test } from '@jest/globals'
import { createSafetensors } from '../fixtures/fixtures.ts'
import { looksLikeJson, readShardedWeights } from './sharded.ts'
import { readTfjsArtifacts } from './tfjs-artifacts.ts'

const json = (weightsManifest: unknown) =>
  new TextEncoder().encode(JSON.stringify({ modelTopology: {}, weightsManifest }))
const shards: Record<string, Uint8Array> = {
  a: new Uint8Array(Float32Array.of(1, 2, 3).buffer),
  b: new Uint8Array([...new Uint8Array(Float32Array.of(4).buffer), ...new Uint8Array(Int32Array.of(-5, 6).buffer)]),
  'below/c': Uint8Array.of(1, 0, 1),
  text: Uint8Array.of(2, 0, 0, 0, 0x68, 0x69),
  'group1-shard1of2.bin': Uint8Array.of(0, 128, 255, 0, 1, 0),
  'group1-shard2of2.bin': Uint8Array.of(0, 255, 0, 0x3c, 1, 0xc0),
}
const readShard = async (path: string) => shards[path] as Uint8Array
const FLAGS = { name: 'flags', shape: [3], dtype: 'bool' }
const FLOATS = { name: 'a/kernel', shape: [3], dtype: 'float32' }

test('weights run on from shard to shard', async () => {
  const manifest = [
    {
      paths: ['a', 'b'],
      weights: [
        { name: 'conv/kernel', shape: [2, 2], dtype: 'float32' },
        { name: 'count', shape: [2], dtype: 'int32' },
      ],
    },
    { paths: ['below/c'], weights: [FLAGS] },
  ]
  expect((await readShardedWeights(json(manifest), readShard)).tensors).toEqual([
    { name: 'conv/kernel', dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
    { name: 'count', dtype: 'int32', shape: [2], data: Int32Array.of(-5, 6) },
    { name: 'flags', dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) },
  ])
})

test('a byte order mark, which Notepad and PowerShell write, is skipped', async () => {
  const bytes = Uint8Array.of(0xef, 0xbb, 0xbf, ...json([{ paths: ['below/c'], weights: [FLAGS] }]))
  expect(looksLikeJson(bytes)).toBe(true)
  expect((await readShardedWeights(bytes, readShard)).tensors).toEqual([
    { name: 'flags', dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) },
  ])
  expect(await readTfjsArtifacts(bytes, readShard)).toMatchObject({ weightSpecs: [FLAGS] })
})

test('quantized weights are decoded', async () => {
  const quantization = { dtype: 'uint8', scale: 0.1, min: -1 }
  const weights = [
    { name: 'a', shape: [3], dtype: 'float32', quantization },
    { name: 'b', shape: [2], dtype: 'float32', quantization: { dtype: 'uint16', scale: 1e-3, min: 0.5 } },
    { name: 'c', shape: [1], dtype: 'int32', quantization: { ...quantization, scale: 0.5, dtype: 'uint8' } },
    { name: 'h', shape: [2], dtype: 'float32', quantization: { dtype: 'float16', original_dtype: 'float32' } },
  ]
  const bytes = { paths: ['group1-shard1of2.bin', 'group1-shard2of2.bin'] }
  const { tensors } = await readShardedWeights(json([{ ...bytes, weights }]), readShard)
  // numpy: np.float32(np.array([0, 128, 255], 'u1') * 0.1 - 1), np.float32(np.array([0, 1], '<u2') ...
  // np.frombuffer(bytes([0, 0x3c, 1, 0xc0]), '<f2')
  expect(tensors.map(({ data }) => [...data])).toEqual([
    [-1, Math.fround(11.8), Math.fround(24.5)],
    [Math.fround(0.756), 0.5],
    [127],
    [1, -2.001953125],
  ])
})

test('weights of other data types, and the state of an optimizer, are skipped and reported', async () => {
  const weights = [
    { name: 'labels', shape: [1], dtype: 'string' },
    { name: 'kernel', shape: [3], dtype: 'float32' },
    { name: 'Adam/m', shape: [1], dtype: 'float32', group: 'optimizer' },
  ]
  const rest = new Uint8Array(Float32Array.of(1, 2, 3, 9).buffer)
  const shard = Uint8Array.of(...(shards['text'] as Uint8Array), ...rest)
  const { tensors, skipped } = await readShardedWeights(json([{ paths: ['w.bin'], weights }]), async () => shard)
  expect(tensors.map(({ name, data }) => [name, [...data]])).toEqual([['kernel', [1, 2, 3]]])
  expect(skipped).toEqual([
    { name: 'labels', reason: 'dtype string' },
    { name: 'Adam/m', reason: 'state of an optimizer' },
  ])
})

describe('an index of Hugging Face', () => {
  const float = (value: number) => new Uint8Array(Float32Array.of(value).buffer)
  const header = (name: string) => ({ [name]: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } })
  const files: Record<string, Uint8Array> = {
    'model-00001-of-00002.safetensors': createSafetensors(header('module.a'), float(1)),
    'model-00002-of-00002.safetensors': createSafetensors(header('module.b'), float(2)),
  }
  const [first, second] = Object.keys(files) as [string, string]
  const createIndex = (map: object) =>
    new TextEncoder().encode(JSON.stringify({ metadata: { total_size: 8 }, weight_map: map }))
  const readFile = async (path: string) => files[path] as Uint8Array

  test('lists the tensors of each file; wrappers of names are removed', async () => {
    const index = createIndex({ 'module.b': second, 'module.a': first })
    const { tensors, removed, skipped } = await readShardedWeights(index, readFile)
    expect(tensors.map(({ name, data }) => [name, ...data])).toEqual([
      ['b', 2],
      ['a', 1],
    ])
    expect([removed, skipped]).toEqual([['module.'], []])
  })

  test('that lists a tensor that its file lacks is an error; a tensor that it does not list is reported', async () => {
    await expect(
      readShardedWeights(createIndex({ 'module.a': second }), readFile, { file: 'i' }),
    ).rejects.toMatchObject({
      code: 'WEIGHTS_DAMAGED',
      file: 'i',
      problem: expect.stringContaining('"module.a"'),
    })
    // Each file has the tensor that the index lists for the other one.
    await expect(
      readShardedWeights(createIndex({ 'module.a': second, 'module.b': first }), readFile),
    ).rejects.toMatchObject({ code: 'WEIGHTS_DAMAGED', problem: expect.stringContaining('"module.a"') })
    const damaged = { file: 'hub/model.safetensors.index.json' }
    files[first] = createSafetensors({ ...header('x'), ...header('y') }, float(1))
    await expect(readShardedWeights(createIndex({ x: first }), readFile, damaged)).rejects.toMatchObject({
      file: `hub/${first}`,
    })
    const both = {
      x: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
      y: { dtype: 'F32', shape: [1], data_offsets: [4, 8] },
    }
    files[first] = createSafetensors(both, new Uint8Array(8))
    const { tensors, skipped } = await readShardedWeights(createIndex({ x: first }), readFile)
    expect(tensors.map(({ name }) => name)).toEqual(['x'])
    expect(skipped).toEqual([{ name: 'y', reason: `in ${first}, where the index does not list it` }])
  })

  test('with a file elsewhere is an error, and other JSON too', async () => {
    await expect(readShardedWeights(createIndex({ a: '../a' }), readFile)).rejects.toMatchObject({
      code: 'WEIGHTS_PATH',
    })
    const config = new TextEncoder().encode('{"architectures": ["X"]}')
    await expect(readShardedWeights(config, readFile)).rejects.toMatchObject({
      code: 'WEIGHTS_FORMAT',
      received: 'keys architectures',
    })
  })
})

describe('bad input', () => {
  test.each<[string, unknown, string]>([
    ['no manifest', undefined, 'WEIGHTS_FORMAT'],
    ['a manifest that is no list', {}, 'WEIGHTS_DAMAGED'],
    ['a shape that is no list', [{ paths: ['a'], weights: [{ ...FLOATS, shape: 3 }] }], 'WEIGHTS_DAMAGED'],
    ['more numbers than the shard has', [{ paths: ['a'], weights: [{ ...FLOATS, shape: [4] }] }], 'WEIGHTS_TRUNCATED'],
    ['fewer numbers than the shard has', [{ paths: ['a'], weights: [{ ...FLOATS, shape: [2] }] }], 'WEIGHTS_DAMAGED'],
    [
      'a shape beyond counting',
      [{ paths: ['a'], weights: [{ ...FLOATS, shape: [2 ** 50, 2 ** 50] }] }],
      'WEIGHTS_DAMAGED',
    ],
    [
      'nothing but texts',
      [{ paths: ['text'], weights: [{ name: 't', shape: [1], dtype: 'string' }] }],
      'WEIGHTS_DTYPE',
    ],
    [
      'a text longer than its shard',
      [{ paths: ['a'], weights: [{ name: 't', shape: [1], dtype: 'string' }] }],
      'WEIGHTS_TRUNCATED',
    ],
    [
      'quantization without a scale',
      [{ paths: ['a'], weights: [{ ...FLOATS, quantization: { dtype: 'uint8' } }] }],
      'WEIGHTS_DAMAGED',
    ],
    ['a shard twice', [{ paths: ['a', 'a'], weights: [{ ...FLOATS, shape: [6] }] }], 'WEIGHTS_DUPLICATE'],
    ['a name twice', [{ paths: ['a', 'b'], weights: [FLOATS, FLOATS] }], 'WEIGHTS_DUPLICATE'],
    ...['../../etc/passwd', '/etc/passwd', 'C:\\a', 'http://example.org/a', 'a/../b', 'a\0'].map(
      (path): [string, unknown, string] => [`a shard ${path}`, [{ paths: [path], weights: [FLOATS] }], 'WEIGHTS_PATH'],
    ),
  ])('%s', async (_, manifest, code) => {
    await expect(readShardedWeights(json(manifest), readShard, { file: 'w' })).rejects.toMatchObject({
      code,
      file: 'w',
    })
  })

  test('shards that end too early are named, also empty ones', async () => {
    const manifest = [{ paths: ['a', 'empty'], weights: [FLOATS, { ...FLOATS, name: 'b/kernel' }] }]
    const files: Record<string, Uint8Array> = { ...shards, empty: new Uint8Array() }
    await expect(
      readShardedWeights(json(manifest), async (path) => files[path] as Uint8Array, { file: 'w' }),
    ).rejects.toMatchObject({
      code: 'WEIGHTS_TRUNCATED',
      problem: 'the bytes of a, empty end before weight "b/kernel" does',
      file: 'w',
      received: '0 bytes',
      expected: '12; download or copy the shards again',
    })
  })

  test('what is no JSON', async () => {
    await expect(readShardedWeights(new TextEncoder().encode('{"weights'), readShard)).rejects.toMatchObject({
      code: 'WEIGHTS_DAMAGED',
      file: 'weights',
    })
  })
})
