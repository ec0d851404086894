import { describe, expect, test } from '@jest/globals'
import { safetensorsOf } from '../fixtures/fixtures.ts'
import { readSafetensors } from './safetensors.ts'

const FLOAT = { dtype: 'F32', shape: [1], data_offsets: [0, 4] }
const four = new Uint8Array(4)

test('names of any kind are taken', () => {
  const header =
    '{"\\"a\\": [": {"dtype":"F32","shape":[1],"data_offsets":[0,4]}, "__proto__": {"dtype":"F32","shape":[0],"data_offsets":[4,4]}}'
  expect(readSafetensors(safetensorsOf(header, four), 'w').map(({ name }) => name)).toEqual(['"a": [', '__proto__'])
})

describe('bad input', () => {
  const nested = `{"a":${'['.repeat(1e6)}${']'.repeat(1e6)}}`
  test.each<[string, Uint8Array, string]>([
    ['a header longer than allowed', Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 255, 123]), 'WEIGHTS_DAMAGED'],
    ['a header longer than the file', Uint8Array.from([200, 0, 0, 0, 0, 0, 0, 0, 123]), 'WEIGHTS_TRUNCATED'],
    ['a header that is no JSON', safetensorsOf('{"a": '), 'WEIGHTS_DAMAGED'],
    ['a header that is nested a million deep', safetensorsOf(nested), 'WEIGHTS_DAMAGED'],
    [
      'a header that is not UTF-8',
      safetensorsOf({ a: 1 }).map((byte) => (byte === 0x61 ? 0xff : byte)),
      'WEIGHTS_DAMAGED',
    ],
    ['an entry without a shape', safetensorsOf({ a: { dtype: 'F32', data_offsets: [0, 4] } }, four), 'WEIGHTS_DAMAGED'],
    ['a side below 0', safetensorsOf({ a: { ...FLOAT, shape: [-1] } }, four), 'WEIGHTS_DAMAGED'],
    ['an unknown type', safetensorsOf({ a: { ...FLOAT, dtype: 'F8_E4M3' } }, four), 'WEIGHTS_DTYPE'],
    [
      'a type that is a name of every object',
      safetensorsOf({ a: { ...FLOAT, dtype: 'constructor' } }, four),
      'WEIGHTS_DTYPE',
    ],
    ['a shape of more numbers', safetensorsOf({ a: { ...FLOAT, shape: [2] } }, four), 'WEIGHTS_SHAPE'],
    ['a shape beyond counting', safetensorsOf({ a: { ...FLOAT, shape: [2 ** 52, 2 ** 52] } }, four), 'WEIGHTS_SHAPE'],
    ['offsets that overlap', safetensorsOf({ a: FLOAT, b: FLOAT }, four), 'WEIGHTS_DAMAGED'],
    [
      'offsets that leave a hole',
      safetensorsOf({ a: { ...FLOAT, data_offsets: [4, 8] } }, new Uint8Array(8)),
      'WEIGHTS_DAMAGED',
    ],
    ['bytes after the last tensor', safetensorsOf({ a: FLOAT }, new Uint8Array(5)), 'WEIGHTS_DAMAGED'],
    ['fewer bytes than told', safetensorsOf({ a: FLOAT }, new Uint8Array(3)), 'WEIGHTS_TRUNCATED'],
    [
      'a name twice',
      safetensorsOf(
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\\u0061":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
        four,
      ),
      'WEIGHTS_DUPLICATE',
    ],
  ])('%s', (_, bytes, code) => {
    expect(() => readSafetensors(bytes, 'w')).toThrow(expect.objectContaining({ code, file: 'w' }))
  })
})
