import { damagedError, truncatedError, unsupportedError } from './errors.ts'
import { findStateDict, type StateDictOptions } from './state-dict.ts'
import { type Budget, readStridedTensor } from './strided.ts'
import type { NamedTensor, SkippedEntry } from './tensor.ts'
import type { TorchFile } from './torch-file.ts'
import type { TorchTensor } from './torch-objects.ts'

/** Tensors of a state_dict by their names in the file. */
export interface TorchContent {
  readonly tensors: readonly NamedTensor[]
  readonly key: string
  readonly otherKeys: readonly string[]
  readonly skipped: readonly SkippedEntry[]
}

/**
 * Reads the tensors of a state_dict, in its order. Skips entries that are not tensors, and tensors of an unsupported data type.
 *
 * @param budget bytes that may be made
 * @throws FacekpError `WEIGHTS_DTYPE` if no tensor has a supported data type, and what `findStateDict` throws
 */
export function readTorch(torchFile: TorchFile, options: StateDictOptions, budget: Budget, file: string): TorchContent {
  const { entries, skipped, ...keys } = findStateDict(torchFile.value, options, file)
  const tensors: NamedTensor[] = []
  const unsupported: SkippedEntry[] = []
  for (const [name, tensor] of entries) {
    const { dtype, typeName } = tensor.storage
    if (dtype === undefined) unsupported.push({ name, reason: `dtype ${tensor.viewedAs ?? typeName}` })
    else tensors.push(readStridedTensor({ name, dtype, ...getWindow(torchFile, name, tensor, file) }, budget, file))
  }
  const [first] = unsupported
  if (tensors.length === 0 && first) return unsupportedError(first, 'float, bfloat16, integer or bool tensors', file)
  return { tensors, ...keys, skipped: [...skipped, ...unsupported] }
}

function getWindow({ getStorage }: TorchFile, name: string, { storage, window }: TorchTensor, file: string) {
  const bytes = getStorage(storage)
  if (!bytes) return damagedError(file, `the file lacks the storage of tensor ${name}`, storage.key)
  const { start, count, bytesPerNumber } = storage
  const end = (start + count) * bytesPerNumber
  if (bytes.length < end)
    return truncatedError(file, `the storage of tensor ${name}`, `${bytes.length} bytes`, `${end}`)
  return { window, storage: bytes.subarray(start * bytesPerNumber, end) }
}
