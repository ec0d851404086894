import { fail } from './errors.ts'
import type { TorchStorage } from './torch-objects.ts'

/** A PyTorch file, opened: the object that it holds, and where the numbers of its tensors are. */
export interface TorchFile {
  readonly value: unknown
  /** Returns the bytes of a storage; undefined if its key is unknown. */
  storage(storage: TorchStorage): Uint8Array | undefined
}

export function bigEndianError(file: string): never {
  return fail({
    code: 'WEIGHTS_BIG_ENDIAN',
    problem: 'the file comes from a machine with big-endian numbers',
    file,
    expected: 'little-endian numbers: save it anew on such a machine, or as safetensors',
  })
}
