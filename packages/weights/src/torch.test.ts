import { describe, expect, test } from '@jest/globals'
import { type Zippable, zipSync } from 'fflate'
import { fixture } from '../fixtures/fixtures.ts'
import { readTensors } from './read.ts'

const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0))
const text = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
const zip = (entries: Zippable): Uint8Array => zipSync(entries, { level: 0 })

const FLOATS = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer)
/** `{'a': tensor}`, a pickle as torch.save writes it, of a tensor with this storage, offset, shape and strides. */
function createPickle({
  type = 'FloatStorage',
  key = '0',
  count = 4,
  offset = 0,
  shape = [4],
  strides = [1],
  name = 'a',
} = {}) {
  const string = (value: string) => `X${String.fromCharCode(value.length)}\0\0\0${value}`
  const number = (value: number) => `K${String.fromCharCode(value)}`
  const tuple = (values: readonly number[]) => `(${values.map(number).join('')}t`
  const storage = `(${string('storage')}ctorch\n${type}\n${string(key)}${string('cpu')}${number(count)}tQ`
  const tensor = `ctorch._utils\n_rebuild_tensor_v2\n(${storage}${number(offset)}${tuple(shape)}${tuple(strides)}\x89ccollections\nOrderedDict\n)RtR`
  return latin1(`\x80\x02}${string(name)}${tensor}s.`)
}
const createFile = (pickle: Uint8Array, entries: Zippable = { 'w/data/0': FLOATS }): Uint8Array =>
  zip({ 'w/data.pkl': pickle, ...entries })

test('a zip archive of today, with the byte order and other entries, is read', () => {
  const bytes = createFile(createPickle(), {
    'w/byteorder': latin1('little'),
    'w/.format_version': latin1('1'),
    'w/.data/serialization_id': latin1('123'),
    'w/data/0': FLOATS,
    'w/version': latin1('3\n'),
  })
  expect(readTensors(bytes)).toEqual([{ name: 'a', dtype: 'float32', shape: [4], data: Float32Array.of(1, 2, 3, 4) }])
})

describe('bad input', () => {
  const legacy = text(fixture('tensors-legacy.pth'))
  const [magic, version] = [legacy.slice(0, 15), legacy.slice(15, 21)]
  test.each<[string, Uint8Array, string]>([
    [
      'big-endian numbers in a zip archive',
      createFile(createPickle(), { 'w/byteorder': latin1('big') }),
      'WEIGHTS_BIG_ENDIAN',
    ],
    [
      'big-endian numbers in the legacy format',
      latin1(legacy.replace(/(little_endianq.)\x88/s, '$1\x89')),
      'WEIGHTS_BIG_ENDIAN',
    ],
    ['an archive without a pickle', zip({ 'w/data/0': FLOATS }), 'WEIGHTS_DAMAGED'],
    ['a storage that is not there', createFile(createPickle({ key: '1' })), 'WEIGHTS_DAMAGED'],
    ['a storage of fewer numbers than the tensor has', createFile(createPickle({ shape: [5] })), 'WEIGHTS_SHAPE'],
    ['an offset beyond the storage', createFile(createPickle({ offset: 1 })), 'WEIGHTS_SHAPE'],
    ['strides beyond the storage', createFile(createPickle({ shape: [2, 2], strides: [3, 1] })), 'WEIGHTS_SHAPE'],
    [
      'a storage shorter than the pickle tells',
      createFile(createPickle(), { 'w/data/0': FLOATS.subarray(4) }),
      'WEIGHTS_SHAPE',
    ],
    ['a storage of complex numbers', createFile(createPickle({ type: 'ComplexFloatStorage' })), 'WEIGHTS_UNSAFE'],
    [
      'a tensor that is something else',
      createFile(latin1('\x80\x02}X\x01\0\0\0actorch._utils\n_rebuild_tensor_v2\nK\x01\x85Rs.')),
      'WEIGHTS_DAMAGED',
    ],
    ['no state_dict', createFile(latin1('\x80\x02}X\x05\0\0\0epochK\x03s.')), 'WEIGHTS_NO_STATE_DICT'],
    ['a list', createFile(latin1('\x80\x02].')), 'WEIGHTS_NO_STATE_DICT'],
    ['a pickle of something else', latin1('\x80\x02N.'), 'WEIGHTS_DAMAGED'],
    ['another version', latin1(`${magic}${version.replace('\xe9', '\xea')}`), 'WEIGHTS_DAMAGED'],
    ['an archive cut off', createFile(createPickle()).slice(0, -1), 'WEIGHTS_DAMAGED'],
  ])('%s', (_, bytes, code) => {
    expect(() => readTensors(bytes, 'w')).toThrow(expect.objectContaining({ code, file: 'w' }))
  })

  test('a storage that the archive has twice, or that overlaps others', () => {
    const bytes = text(createFile(createPickle(), { 'w/data/0': FLOATS, 'w/data/1': FLOATS }))
    expect(() => readTensors(latin1(bytes.replaceAll('w/data/1', 'w/data/0')), 'w')).toThrow(
      expect.objectContaining({ code: 'WEIGHTS_DUPLICATE', received: '"w/data/0"' }),
    )
    const many = Object.fromEntries(Array.from({ length: 99 }, (_, i) => [`w/data/${i}`, new Uint8Array()]))
    const large = createFile(createPickle(), { ...many, 'w/data/zz': new Uint8Array(1000) })
    expect(() => readTensors(overlapping(large, 5000), 'w')).toThrow(
      expect.objectContaining({ code: 'WEIGHTS_DAMAGED' }),
    )
  })

  test('a wrapped state_dict tells its keys, and which is no tensor', () => {
    const inner = text(createPickle()).slice(2, -1)
    const wrapped = (suffix: string) => createFile(latin1(`\x80\x02}X\x05\0\0\0model${inner}${suffix}s.`))
    expect(readTensors(wrapped('')).map(({ name }) => name)).toEqual(['a'])
    expect(() => readTensors(wrapped('X\x05\0\0\0countK\x03s'), 'w')).toThrow(
      expect.objectContaining({ problem: '"count" in the state_dict is no tensor', received: 'number' }),
    )
  })
})

/** Every entry of an empty archive states this size. */
function overlapping(bytes: Uint8Array, size: number): Uint8Array {
  const changed = bytes.slice()
  const view = new DataView(changed.buffer)
  for (let at = 0; at + 46 < changed.length; at++) {
    if (view.getUint32(at, true) !== 0x02014b50 || view.getUint32(at + 20, true) !== 0) continue
    view.setUint32(at + 20, size, true)
    view.setUint32(at + 24, size, true)
  }
  return changed
}
