import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createCheckpoint } from '../../fixtures/checkpoint.ts'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint-file.ts'

const bytes = Buffer.from(encodeCheckpoint(createCheckpoint()))

/** Replaces the shape of a tensor in the header of the file, and the file's hash. */
function replaceShape(shape: readonly number[]): Buffer {
  const size = Number(bytes.readBigUInt64LE(0))
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + size))
  header['optimizer/m/0'].shape = shape
  const encode = (sha256: string): Buffer => {
    header.__metadata__.sha256 = sha256
    const text = Buffer.from(JSON.stringify(header))
    const padded = Buffer.concat([text, Buffer.alloc(-text.length & 7, ' ')])
    const length = Buffer.alloc(8)
    length.writeBigUInt64LE(BigInt(padded.length))
    return Buffer.concat([length, padded, bytes.subarray(8 + size)])
  }
  return encode(
    createHash('sha256')
      .update(encode('0'.repeat(64)))
      .digest('hex'),
  )
}

describe('a checkpoint file', () => {
  test('is decoded bit by bit, NaN and -0 included', () => {
    const checkpoint = createCheckpoint()
    const decoded = decodeCheckpoint(bytes, 'file')
    expect(decoded).toEqual(checkpoint)
    expect([...decoded.tensors.keys()]).toEqual([...checkpoint.tensors.keys()])
    const [special] = decoded.tensors.values()
    expect(Object.is(special?.data[0], -0)).toBe(true)
    expect(special?.data[1]).toBeNaN()
  })

  test('is damaged if any byte differs', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (position, change) => {
        const damaged = Buffer.from(bytes)
        damaged[position] = (damaged[position] as number) ^ change
        expect(() => decodeCheckpoint(damaged, 'a file')).toThrow(
          expect.objectContaining({ code: 'CHECKPOINT_DAMAGED', file: 'a file' }),
        )
      }),
    )
  })

  test('is damaged if it is cut short or continued', () => {
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeCheckpoint(bytes.subarray(0, length), 'a file')).toThrow(
        expect.objectContaining({ code: 'CHECKPOINT_DAMAGED' }),
      )
    }
    expect(() => decodeCheckpoint(Buffer.concat([bytes, Buffer.of(0)]), 'a file')).toThrow(
      expect.objectContaining({ code: 'CHECKPOINT_DAMAGED' }),
    )
  })

  test('of another format is rejected, though it is whole', () => {
    const later = encodeCheckpoint(createCheckpoint({ format: 2 as never }))
    expect(() => decodeCheckpoint(Buffer.from(later), 'a file')).toThrow(
      expect.objectContaining({ code: 'CHECKPOINT_FORMAT', message: expect.stringContaining('format') }),
    )
  })

  test('whose numbers do not fit their shape is rejected', () => {
    expect(replaceShape([3])).toEqual(bytes)
    for (const shape of [[4], [], [2 ** 32, 2 ** 32]]) {
      expect(() => decodeCheckpoint(replaceShape(shape), 'a file')).toThrow(
        expect.objectContaining({ code: 'CHECKPOINT_FORMAT', received: expect.stringContaining('optimizer/m/0') }),
      )
    }
  })

  test('follows the description of safetensors', () => {
    const size = Number(bytes.readBigUInt64LE(0))
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + size))
    expect(size % 8).toBe(0)
    expect(header['optimizer/m/0']).toEqual({ dtype: 'F32', shape: [3], data_offsets: [8, 20] })
    expect(header['weights/1']).toEqual({ dtype: 'I32', shape: [], data_offsets: [20, 24] })
    expect([0, 4, 8].map((offset) => bytes.readFloatLE(8 + size + 8 + offset))).toEqual([0.5, 1.5, -2])
    expect(bytes.readInt32LE(8 + size + 20)).toBe(-5)
    expect(bytes.length).toBe(8 + size + 24)
    expect(Object.values(header['__metadata__']).every((value) => typeof value === 'string')).toBe(true)
  })
})
