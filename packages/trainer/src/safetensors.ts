import type { StoredTensor } from './checkpoint/checkpoint.ts'

/**
 * The bytes of a file of safetensors (https://huggingface.co/docs/safetensors): eight bytes with the header's length, the header as
 * JSON, the numbers, little endian. The metadata stand first in the header, in their order.
 */
export function encodeSafetensors(
  metadata: Readonly<Record<string, string>>,
  tensors: ReadonlyMap<string, StoredTensor>,
): Buffer {
  let end = 0
  const entries = [...tensors].map(([name, { shape, data }]) => {
    const start = end
    end += data.byteLength
    return [name, { dtype: data instanceof Int32Array ? 'I32' : 'F32', shape, data_offsets: [start, end] }]
  })
  const text = Buffer.from(JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) }))
  // The numbers begin at a multiple of eight.
  const header = Buffer.concat([text, Buffer.alloc(-text.length & 7, ' ')])
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(header.length))
  const numbers = [...tensors.values()].map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  return Buffer.concat([length, header, ...numbers])
}
