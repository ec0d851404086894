import { describe, expect, test } from '@jest/globals'
import { readTfjsTensors } from './tfjs.ts'

const json = (weightsManifest: unknown) =>
  new TextEncoder().encode(JSON.stringify({ modelTopology: {}, weightsManifest }))
const shards: Record<string, Uint8Array> = {
  a: new Uint8Array(Float32Array.of(1, 2, 3).buffer),
  b: new Uint8Array([...new Uint8Array(Float32Array.of(4).buffer), ...new Uint8Array(Int32Array.of(-5, 6).buffer)]),
  'below/c': Uint8Array.of(1, 0, 1),
}
const readShard = async (path: string) => shards[path] as Uint8Array
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
    { paths: ['below/c'], weights: [{ name: 'flags', shape: [3], dtype: 'bool' }] },
  ]
  expect(await readTfjsTensors(json(manifest), readShard)).toEqual([
    { name: 'conv/kernel', dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) },
    { name: 'count', dtype: 'int32', shape: [2], data: Int32Array.of(-5, 6) },
    { name: 'flags', dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) },
  ])
})

describe('bad input', () => {
  test.each<[string, unknown, string]>([
    ['no manifest', undefined, 'WEIGHTS_DAMAGED'],
    ['a shape that is no list', [{ paths: ['a'], weights: [{ ...FLOATS, shape: 3 }] }], 'WEIGHTS_DAMAGED'],
    ['more numbers than the shard has', [{ paths: ['a'], weights: [{ ...FLOATS, shape: [4] }] }], 'WEIGHTS_TRUNCATED'],
    ['fewer numbers than the shard has', [{ paths: ['a'], weights: [{ ...FLOATS, shape: [2] }] }], 'WEIGHTS_DAMAGED'],
    [
      'a shape beyond counting',
      [{ paths: ['a'], weights: [{ ...FLOATS, shape: [2 ** 50, 2 ** 50] }] }],
      'WEIGHTS_DAMAGED',
    ],
    ['texts', [{ paths: ['a'], weights: [{ ...FLOATS, dtype: 'string' }] }], 'WEIGHTS_DTYPE'],
    [
      'quantized weights',
      [{ paths: ['a'], weights: [{ ...FLOATS, quantization: { dtype: 'uint8' } }] }],
      'WEIGHTS_DTYPE',
    ],
    ['a name twice', [{ paths: ['a', 'a'], weights: [FLOATS, FLOATS] }], 'WEIGHTS_DUPLICATE'],
    ...['../../etc/passwd', '/etc/passwd', 'C:\\a', 'http://example.org/a', 'a/../b', 'a\0'].map(
      (path): [string, unknown, string] => [`a shard ${path}`, [{ paths: [path], weights: [FLOATS] }], 'WEIGHTS_PATH'],
    ),
  ])('%s', async (_, manifest, code) => {
    await expect(readTfjsTensors(json(manifest), readShard, 'w')).rejects.toMatchObject({ code, file: 'w' })
  })

  test('what is no JSON', async () => {
    await expect(readTfjsTensors(new TextEncoder().encode('{"weights'), readShard)).rejects.toMatchObject({
      code: 'WEIGHTS_DAMAGED',
      file: 'model.json',
    })
  })
})
