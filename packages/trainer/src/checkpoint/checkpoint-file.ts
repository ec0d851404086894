import { createHash } from 'node:crypto'
import { FacekpError } from '@facekp/core'
import { parseOptions } from '@facekp/options'
import { encodeSafetensors } from '@facekp/weights'
import * as z from 'zod/mini'
import type { Checkpoint, StoredTensor } from './checkpoint.ts'
import { CHECKPOINT_FIELD, parseCheckpointState } from './checkpoint-state.ts'

// A checkpoint is a safetensors file. Its metadata contain the state of the training, and before it the hash of the file: SHA-256 of
// all bytes with zeros in place of the hash's 64 digits, whose place is the same in every file.

const DIGITS = 64
const ZERO_HASH = '0'.repeat(DIGITS)
const BEFORE_HASH = '{"__metadata__":{"sha256":"'
const HASH_START = 8 + BEFORE_HASH.length
const ARRAYS = { F32: Float32Array, I32: Int32Array } as const

const headerSchema = z.catchall(
  z.object({ __metadata__: z.object({ sha256: z.string(), state: z.string() }) }),
  z.object({
    dtype: z.enum(['F32', 'I32']),
    shape: z.array(z.int().check(z.nonnegative())),
    data_offsets: z.tuple([z.int().check(z.nonnegative()), z.int().check(z.nonnegative())]),
  }),
)

/** Encodes a checkpoint as the bytes of its file. */
export function encodeCheckpoint({ state, tensors }: Checkpoint): Uint8Array {
  const bytes = encodeSafetensors(tensors, { sha256: ZERO_HASH, state: JSON.stringify(state) })
  bytes.set(Buffer.from(hashFile(bytes), 'latin1'), HASH_START)
  return bytes
}

/**
 * Decodes what {@link encodeCheckpoint} wrote.
 *
 * @throws `CHECKPOINT_DAMAGED` if a byte differs or the file was cut short, `CHECKPOINT_FORMAT` if the file is whole but not a
 * checkpoint that this version reads
 */
export function decodeCheckpoint(bytes: Buffer, file: string): Checkpoint {
  const expectedHash = bytes.toString('latin1', HASH_START, HASH_START + DIGITS)
  const hash = hashFile(bytes)
  if (expectedHash !== hash) {
    throw new FacekpError({
      code: 'CHECKPOINT_DAMAGED',
      problem: 'the checkpoint is damaged',
      file,
      received: `${bytes.length} bytes with SHA-256 ${hash}`,
      expected: expectedHash.length === DIGITS ? `SHA-256 ${expectedHash}` : 'a longer file',
    })
  }
  try {
    const start = 8 + Number(bytes.readBigUInt64LE(0))
    const header: unknown = JSON.parse(bytes.toString('utf8', 8, start))
    const { __metadata__, ...entries } = parseOptions({
      schema: headerSchema,
      value: header,
      ...CHECKPOINT_FIELD,
      file,
    })
    const tensors = Object.entries(entries).map(([name, { dtype, shape, data_offsets }]): [string, StoredTensor] => {
      const [from, to] = data_offsets
      const data = new ARRAYS[dtype](new Uint8Array(bytes.subarray(start + from, start + to)).buffer)
      const size = shape.reduce((product, side) => product * side, 1)
      if (data.length !== size) throw new Error(`${data.length} numbers for ${name} of shape [${shape}]`)
      return [name, { shape, data }]
    })
    return { state: parseCheckpointState(__metadata__.state, file), tensors: new Map(tensors) }
  } catch (cause) {
    if (cause instanceof FacekpError) throw cause
    throw new FacekpError({
      code: 'CHECKPOINT_FORMAT',
      problem: 'the file is not a checkpoint of this version',
      file,
      received: (cause as Error).message,
      expected: 'a checkpoint that this version of @facekp/trainer wrote',
      cause,
    })
  }
}

/** Computes the SHA-256 of a file, with zeros for the digits of the hash itself. */
function hashFile(bytes: Uint8Array): string {
  return createHash('sha256')
    .update(bytes.subarray(0, HASH_START))
    .update(ZERO_HASH)
    .update(bytes.subarray(HASH_START + DIGITS))
    .digest('hex')
}
