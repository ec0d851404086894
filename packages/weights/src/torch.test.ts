import { describe, expect, test } from '@jest/globals'
import { type Zippable, zipSync } from 'fflate'
import { fixture } from '../fixtures/fixtures.ts'
import { readTensors, readWeights } from './read.ts'

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
      'a storage shorter than the pickle says',
      createFile(createPickle(), { 'w/data/0': FLOATS.subarray(4) }),
      'WEIGHTS_TRUNCATED',
    ],
    ['nothing but complex numbers', createFile(createPickle({ type: 'ComplexFloatStorage' })), 'WEIGHTS_DTYPE'],
    ['an unknown storage', createFile(createPickle({ type: 'FooStorage' })), 'WEIGHTS_DAMAGED'],
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
    expect(() => readTensors(bytes, { file: 'w' })).toThrow(expect.objectContaining({ code, file: 'w' }))
  })

  test('of an archive cut off, the error says what to do', () => {
    expect(() => readTensors(createFile(createPickle()).slice(0, -30), { file: 'w' })).toThrow(
      expect.objectContaining({ code: 'WEIGHTS_DAMAGED', expected: expect.stringContaining('download or copy') }),
    )
  })

  test('a storage that the archive has twice, or that overlaps others', () => {
    const bytes = text(createFile(createPickle(), { 'w/data/0': FLOATS, 'w/data/1': FLOATS }))
    expect(() => readTensors(latin1(bytes.replaceAll('w/data/1', 'w/data/0')), { file: 'w' })).toThrow(
      expect.objectContaining({ code: 'WEIGHTS_DUPLICATE', received: '"w/data/0"' }),
    )
    const many = Object.fromEntries(Array.from({ length: 99 }, (_, i) => [`w/data/${i}`, new Uint8Array()]))
    const large = createFile(createPickle(), { ...many, 'w/data/zz': new Uint8Array(1000) })
    expect(() => readTensors(overlapping(large, 5000), { file: 'w' })).toThrow(
      expect.objectContaining({ code: 'WEIGHTS_DAMAGED' }),
    )
  })
})

describe('a small pickle that would take much memory or time', () => {
  const legacy = text(fixture('tensors-legacy.pth'))
  const start = legacy.slice(0, legacy.indexOf('}', 21))
  /** Magic number, version, machine and a pickle, in the format before PyTorch 1.6. */
  const machine = '\x80\x02}X\r\0\0\0little_endian\x88s.'
  const createLegacy = (pickle: string): Uint8Array => latin1(`${start.slice(0, 21)}${machine}\x80\x02${pickle}.`)
  const count = 20_000

  test.each<[string, string, string]>([
    [
      'a dict copied again and again',
      `](${'K\x01K\x01\x86'.repeat(count)}e\x85q\x00${'ccollections\nOrderedDict\nh\x00R'.repeat(count)}`,
      'WEIGHTS_TOO_LARGE',
    ],
    [
      'a size of too many sides',
      `](${'K\x01'.repeat(count)}e\x85q\x00${'ctorch\nSize\nh\x00R'.repeat(count)}`,
      'WEIGHTS_DAMAGED',
    ],
    [
      'too many arguments',
      `](${'K\x01'.repeat(count)}eq\x00${'ctorch._utils\n_rebuild_tensor_v2\nh\x00R'.repeat(count)}`,
      'WEIGHTS_DAMAGED',
    ],
  ])('%s is refused', (_, pickle, code) => {
    expect(() => readTensors(createLegacy(pickle), { file: 'w' })).toThrow(expect.objectContaining({ code, file: 'w' }))
  })

  test('a tensor of too many sides is refused', () => {
    const ones = Array.from({ length: count }, () => 1)
    const bytes = createFile(createPickle({ shape: ones, strides: ones }))
    expect(() => readTensors(bytes, { file: 'w' })).toThrow(expect.objectContaining({ code: 'WEIGHTS_DAMAGED' }))
  })

  test('placeholders that share their parts are searched once', () => {
    // A state_dict of objects that all hold one list of as many lists.
    const objects = Array.from(
      { length: count },
      (__, i) => `J${String.fromCharCode(i & 255, i >> 8)}\0\0ca\nB\nh\x00R`,
    )
    const inner = text(createPickle()).slice(3, -2)
    const pickle = `\x80\x02](${']'.repeat(count)}eq\x000}(${inner}${objects.join('')}u.`
    const { tensors, skipped } = readWeights(createFile(latin1(pickle)))
    expect([tensors.length, skipped.length]).toEqual([1, count])
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
