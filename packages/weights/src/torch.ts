import { damaged } from './errors.ts'
import { stateDictOf } from './state-dict.ts'
import { budgetFor, stridedTensor } from './strided.ts'
import { DTYPE_BYTES, type NamedTensor } from './tensor.ts'
import type { TorchFile } from './torch-file.ts'

/** The tensors of the state_dict in a PyTorch file, in its order; `bytes` is the whole file. */
export function readTorch({ value, storage }: TorchFile, bytes: Uint8Array, file: string): NamedTensor[] {
  const budget = budgetFor(bytes)
  return [...stateDictOf(value, file)].map(([name, tensor]) => {
    const { dtype, key, count, start } = tensor.storage
    const held = storage(tensor.storage)
    if (!held) return damaged(file, `the storage of tensor ${name} is not there`, key)
    const size = DTYPE_BYTES[dtype]
    const own = held.subarray(start * size, (start + count) * size)
    return stridedTensor(name, dtype, own, tensor.window, budget, file)
  })
}
