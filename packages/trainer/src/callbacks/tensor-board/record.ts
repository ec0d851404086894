import { maskedCrc32c } from './crc32c.ts'

/**
 * Encodes a record of a TFRecord file: the length (8 bytes, little endian), its checksum (4), the data, its checksum (4).
 *
 * Source: https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
 */
export function encodeRecord(data: Uint8Array): Buffer {
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(data.length))
  return Buffer.concat([length, checksum(length), data, checksum(data)])
}

function checksum(bytes: Uint8Array): Buffer {
  const sum = Buffer.alloc(4)
  sum.writeUInt32LE(maskedCrc32c(bytes))
  return sum
}
