import { fail } from './errors.ts'
import type { TorchStorage } from './torch-objects.ts'

/** An opened file of PyTorch: its object, and the numbers of its tensors. */
export interface TorchFile {
  readonly value: unknown
  /** Gets the bytes of a storage; undefined if the file does not have it. */
  getStorage(storage: TorchStorage): Uint8Array | undefined
}

export function bigEndianError(file: string): never {
  return fail({
    code: 'WEIGHTS_BIG_ENDIAN',
    problem: 'the file was written on a big-endian machine',
    file,
    expected: 'little-endian numbers; save it again on a little-endian machine, or as safetensors',
  })
}
