import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { aCheckpoint } from '../../fixtures/checkpoint.ts'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint-file.ts'

const bytes = Buffer.from(encodeCheckpoint(aCheckpoint()))

describe("a checkpoint's file", () => {
  test('gives back what was written, bit by bit, and numbers that are none', () => {
    const checkpoint = aCheckpoint()
    const found = decodeCheckpoint(bytes, 'file')
    expect(found).toEqual(checkpoint)
    expect([...found.tensors.keys()]).toEqual([...checkpoint.tensors.keys()])
    const [odd] = found.tensors.values()
    expect(Object.is(odd?.data[0], -0)).toBe(true)
    expect(odd?.data[1]).toBeNaN()
  })

  test('is told to be damaged wherever a byte is another one', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Buffer.from(bytes)
        damaged[at] = (damaged[at] as number) ^ change
        expect(() => decodeCheckpoint(damaged, 'a file')).toThrow(
          expect.objectContaining({ code: 'CHECKPOINT_DAMAGED', file: 'a file' }),
        )
      }),
    )
  })

  test('is told to be damaged wherever it was cut short, and where more stands behind it', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeCheckpoint(bytes.subarray(0, length), 'a file')).toThrow(
        expect.objectContaining({ code: 'CHECKPOINT_DAMAGED' }),
      )
    }
    expect(() => decodeCheckpoint(Buffer.concat([bytes, Buffer.of(0)]), 'a file')).toThrow(
      expect.objectContaining({ code: 'CHECKPOINT_DAMAGED' }),
    )
  })

  test('of another kind is told as such, though it is whole', () => {
    const later = encodeCheckpoint(aCheckpoint({ format: 2 as never }))
    expect(() => decodeCheckpoint(Buffer.from(later), 'a file')).toThrow(
      expect.objectContaining({ code: 'CHECKPOINT_FORMAT', message: expect.stringContaining('format') }),
    )
  })

  test('is one of safetensors, by its description', () => {
    const size = Number(bytes.readBigUInt64LE(0))
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + size))
    expect(size % 8).toBe(0)
    expect(header['optimizer/m/0']).toEqual({ dtype: 'F32', shape: [3], data_offsets: [8, 20] })
    expect(header['weights/1']).toEqual({ dtype: 'I32', shape: [], data_offsets: [20, 24] })
    expect([0, 4, 8].map((at) => bytes.readFloatLE(8 + size + 8 + at))).toEqual([0.5, 1.5, -2])
    expect(bytes.readInt32LE(8 + size + 20)).toBe(-5)
    expect(bytes.length).toBe(8 + size + 24)
    expect(Object.values(header['__metadata__']).every((value) => typeof value === 'string')).toBe(true)
  })
})
