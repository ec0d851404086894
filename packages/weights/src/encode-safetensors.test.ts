import { expect, test } from '@jest/globals'
import { encodeSafetensors, type PlainTensor } from './encode-safetensors.ts'
import { readTensors } from './read.ts'

// import json, struct
// header = json.dumps({'__metadata__': {'note': 'é'}, 'w': {'dtype': 'F32', 'shape': [2], 'data_offsets': [0, 8]},
//     'steps': {'dtype': 'I32', 'shape': [], 'data_offsets': [8, 12]}}, separators=(',', ':'), ensure_ascii=False).encode()
// header += b' ' * (-len(header) % 8)
// print((struct.pack('<Q', len(header)) + header + struct.pack('<ffi', 0.5, -2, -5)).hex())
const GOLDEN =
  '90000000000000007b225f5f6d657461646174615f5f223a7b226e6f7465223a22c3a9227d2c2277223a7b226474797065223a22463332222c' +
  '227368617065223a5b325d2c22646174615f6f666673657473223a5b302c385d7d2c227374657073223a7b226474797065223a22493332222c' +
  '227368617065223a5b5d2c22646174615f6f666673657473223a5b382c31325d7d7d202020200000003f000000c0fbffffff'

test('encodeSafetensors writes the bytes that the format describes', () => {
  const tensors = new Map([
    ['w', { shape: [2], data: Float32Array.of(0.5, -2) }],
    ['steps', { shape: [], data: Int32Array.of(-5) }],
  ])
  expect(Buffer.from(encodeSafetensors(tensors, { note: 'é' })).toString('hex')).toBe(GOLDEN)
})

test('readTensors reads what encodeSafetensors wrote, bit by bit', () => {
  const numbers = Float32Array.of(9, -0, Number.NaN, Number.POSITIVE_INFINITY, 1e-45, 9)
  const bytes = encodeSafetensors(
    new Map([
      ['part of a larger array', { shape: [2, 2], data: numbers.subarray(1, 5) }],
      ['empty', { shape: [0, 3], data: new Float32Array(0) }],
      ['integers', { shape: [2], data: Int32Array.of(-(2 ** 31), 2 ** 31 - 1) }],
    ]),
  )
  expect(readTensors(bytes)).toEqual([
    { name: 'part of a larger array', dtype: 'float32', shape: [2, 2], data: numbers.slice(1, 5) },
    { name: 'empty', dtype: 'float32', shape: [0, 3], data: new Float32Array(0) },
    { name: 'integers', dtype: 'int32', shape: [2], data: Int32Array.of(-(2 ** 31), 2 ** 31 - 1) },
  ])
})

test.each<[string, string, PlainTensor, string]>([
  ['the name of the metadata', '__metadata__', { shape: [1], data: new Float32Array(1) }, 'another name'],
  ['too few numbers', 'w', { shape: [2, 3], data: new Float32Array(5) }, 'as many numbers'],
  ['a number without one', 'w', { shape: [], data: new Float32Array(0) }, 'as many numbers'],
  ['a negative shape', 'w', { shape: [-1, -2], data: new Float32Array(2) }, 'as many numbers'],
  ['a shape of fractions', 'w', { shape: [0.5, 2], data: new Float32Array(1) }, 'as many numbers'],
  ['numbers of another type', 'w', { shape: [1], data: new Float64Array(1) as never }, 'Float32Array'],
])('a tensor with %s is an error that names it', (_, name, tensor, expected) => {
  expect(() => encodeSafetensors(new Map([[name, tensor]]), { note: 'a' })).toThrow(
    expect.objectContaining({
      code: 'ARGUMENT',
      problem: `invalid tensor "${name}" of encodeSafetensors`,
      expected: expect.stringContaining(expected),
    }),
  )
})

// README of safetensors: "Arbitrary JSON is not allowed, all values must be strings."
test('metadata that are no text are an error that names them', () => {
  expect(() => encodeSafetensors(new Map(), { note: 'a', epoch: 3 as never })).toThrow(
    expect.objectContaining({
      code: 'ARGUMENT',
      problem: 'invalid metadata "epoch" of encodeSafetensors',
      received: '3',
      expected: 'a text',
    }),
  )
})

test('readTensors reads a file without tensors', () => {
  expect(readTensors(encodeSafetensors(new Map()))).toEqual([])
})
