import { createHash } from 'node:crypto'
import { FacekpError } from '@facekp/core'
import { z } from 'zod'
import { encodeSafetensors } from '../safetensors.ts'
import type { Checkpoint, StoredTensor } from './checkpoint.ts'
import { parseCheckpointState } from './checkpoint-state.ts'

// A checkpoint's file is one of safetensors. Its metadata hold the training's state, and before it the file's hash: SHA-256 of
// all bytes with zeros in place of the hash's 64 digits, which stand at the same place in every file.

const DIGITS = 64
const NO_HASH = '0'.repeat(DIGITS)
const BEFORE_HASH = '{"__metadata__":{"sha256":"'
const HASH_START = 8 + BEFORE_HASH.length
const ARRAYS = { F32: Float32Array, I32: Int32Array } as const

const headerSchema = z.object({ __metadata__: z.object({ sha256: z.string(), state: z.string() }) }).catchall(
  z.object({
    dtype: z.enum(['F32', 'I32']),
    shape: z.array(z.number().int().nonnegative()),
    data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
  }),
)

/** The bytes of a checkpoint's file. */
export function encodeCheckpoint({ state, tensors }: Checkpoint): Uint8Array {
  const bytes = encodeSafetensors({ sha256: NO_HASH, state: JSON.stringify(state) }, tensors)
  bytes.write(hashOf(bytes), HASH_START, 'latin1')
  return bytes
}

/**
 * Reads what {@link encodeCheckpoint} wrote. Throws `CHECKPOINT_DAMAGED` where a byte is another one or the file was cut short, and
 * `CHECKPOINT_FORMAT` where the file is whole but is no checkpoint that this version reads.
 */
export function decodeCheckpoint(bytes: Buffer, file: string): Checkpoint {
  const told = bytes.toString('latin1', HASH_START, HASH_START + DIGITS)
  const found = hashOf(bytes)
  if (told !== found) {
    throw new FacekpError({
      code: 'CHECKPOINT_DAMAGED',
      problem: 'the checkpoint is damaged',
      file,
      received: `${bytes.length} bytes of SHA-256 ${found}`,
      expected: told.length === DIGITS ? told : 'more bytes',
    })
  }
  try {
    const start = 8 + Number(bytes.readBigUInt64LE(0))
    const { __metadata__, ...entries } = headerSchema.parse(JSON.parse(bytes.toString('utf8', 8, start)))
    const tensors = Object.entries(entries).map(([name, { dtype, shape, data_offsets }]): [string, StoredTensor] => {
      const [from, to] = data_offsets
      const own = bytes.buffer.slice(bytes.byteOffset + start + from, bytes.byteOffset + start + to)
      return [name, { shape, data: new ARRAYS[dtype](own as ArrayBuffer) }]
    })
    return { state: parseCheckpointState(__metadata__.state), tensors: new Map(tensors) }
  } catch (cause) {
    throw new FacekpError({
      code: 'CHECKPOINT_FORMAT',
      problem: 'is no checkpoint that this version reads',
      file,
      received: cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message,
      cause,
    })
  }
}

/** SHA-256 with zeros for the digits of the hash itself. */
function hashOf(bytes: Uint8Array): string {
  return createHash('sha256')
    .update(bytes.subarray(0, HASH_START))
    .update(NO_HASH)
    .update(bytes.subarray(HASH_START + DIGITS))
    .digest('hex')
}
