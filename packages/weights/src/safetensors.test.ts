import { describe, expect, test } from '@jest/globals'
import { createSafetensors } from '../fixtures/fixtures.ts'
import { readWeights } from './read.ts'

const FLOAT = { dtype: 'F32', shape: [1], data_offsets: [0, 4] }
const four = new Uint8Array(4)

test('names of any kind are taken', () => {
  const header =
    '{"\\"a\\": [": {"dtype":"F32","shape":[1],"data_offsets":[0,4]}, "__proto__": {"dtype":"F32","shape":[0],"data_offsets":[4,4]}}'
  expect(readWeights(createSafetensors(header, four)).tensors.map(({ name }) => name)).toEqual(['"a": [', '__proto__'])
})

test('tensors of an unsupported data type are skipped and reported', () => {
  const tensors = {
    steps: { dtype: 'U64', shape: [1], data_offsets: [0, 8] },
    a: { ...FLOAT, data_offsets: [8, 12] },
    scale: { dtype: 'F8_E4M3', shape: [2, 2], data_offsets: [12, 16] },
  }
  const { tensors: read, skipped } = readWeights(createSafetensors(tensors, new Uint8Array(16)))
  expect(read).toEqual([{ name: 'a', dtype: 'float32', shape: [1], data: Float32Array.of(0) }])
  expect(skipped).toEqual([
    { name: 'steps', reason: 'dtype U64' },
    { name: 'scale', reason: 'dtype F8_E4M3' },
  ])
})

test.each([{ key: 'model' }, { ema: true }])('%j is an error: the format has one set of tensors', (options) => {
  expect(() => readWeights(createSafetensors({ a: FLOAT }, four), { file: 'w', ...options })).toThrow(
    expect.objectContaining({ code: 'WEIGHTS_NO_STATE_DICT', file: 'w' }),
  )
})

describe('bad input', () => {
  const nested = `{"a":${'['.repeat(1e6)}${']'.repeat(1e6)}}`
  test.each<[string, Uint8Array, string]>([
    ['a header longer than allowed', Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 255, 123]), 'WEIGHTS_DAMAGED'],
    ['a header longer than the file', Uint8Array.from([200, 0, 0, 0, 0, 0, 0, 0, 123]), 'WEIGHTS_TRUNCATED'],
    ['a header that is no JSON', createSafetensors('{"a": '), 'WEIGHTS_DAMAGED'],
    ['a header that is nested a million deep', createSafetensors(nested), 'WEIGHTS_DAMAGED'],
    [
      'a header that is not UTF-8',
      createSafetensors({ a: 1 }).map((byte) => (byte === 0x61 ? 0xff : byte)),
      'WEIGHTS_DAMAGED',
    ],
    [
      'an entry without a shape',
      createSafetensors({ a: { dtype: 'F32', data_offsets: [0, 4] } }, four),
      'WEIGHTS_DAMAGED',
    ],
    ['a side below 0', createSafetensors({ a: { ...FLOAT, shape: [-1] } }, four), 'WEIGHTS_DAMAGED'],
    ['no tensor of a known type', createSafetensors({ a: { ...FLOAT, dtype: 'F8_E4M3' } }, four), 'WEIGHTS_DTYPE'],
    [
      'a type that is a name of every object',
      createSafetensors({ a: { ...FLOAT, dtype: 'constructor' } }, four),
      'WEIGHTS_DTYPE',
    ],
    ['a shape of more numbers', createSafetensors({ a: { ...FLOAT, shape: [2] } }, four), 'WEIGHTS_SHAPE'],
    [
      'a shape beyond counting',
      createSafetensors({ a: { ...FLOAT, shape: [2 ** 52, 2 ** 52] } }, four),
      'WEIGHTS_SHAPE',
    ],
    ['offsets that overlap', createSafetensors({ a: FLOAT, b: FLOAT }, four), 'WEIGHTS_DAMAGED'],
    [
      'offsets that leave a hole',
      createSafetensors({ a: { ...FLOAT, data_offsets: [4, 8] } }, new Uint8Array(8)),
      'WEIGHTS_DAMAGED',
    ],
    ['bytes after the last tensor', createSafetensors({ a: FLOAT }, new Uint8Array(5)), 'WEIGHTS_DAMAGED'],
    ['fewer bytes than declared', createSafetensors({ a: FLOAT }, new Uint8Array(3)), 'WEIGHTS_TRUNCATED'],
    [
      'a name twice',
      createSafetensors(
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\\u0061":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
        four,
      ),
      'WEIGHTS_DUPLICATE',
    ],
  ])('%s', (_, bytes, code) => {
    expect(() => readWeights(bytes, { file: 'w' })).toThrow(expect.objectContaining({ code, file: 'w' }))
  })
})
