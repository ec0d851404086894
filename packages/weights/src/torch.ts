import { damagedError } from './errors.ts'
import { findStateDict } from './state-dict.ts'
import { createBudget, readStridedTensor } from './strided.ts'
import { DTYPE_BYTES, type NamedTensor } from './tensor.ts'
import type { TorchFile } from './torch-file.ts'

/** The tensors of the state_dict in a PyTorch file, in its order; `bytes` is the whole file. */
export function readTorch({ value, storage }: TorchFile, bytes: Uint8Array, file: string): NamedTensor[] {
  const budget = createBudget(bytes)
  return [...findStateDict(value, file)].map(([name, tensor]) => {
    const { dtype, key, count, start } = tensor.storage
    const held = storage(tensor.storage)
    if (!held) return damagedError(file, `the storage of tensor ${name} is not there`, key)
    const size = DTYPE_BYTES[dtype]
    const values = held.subarray(start * size, (start + count) * size)
    return readStridedTensor(name, dtype, values, tensor.window, budget, file)
  })
}
