import { damagedError, truncatedError } from './errors.ts'
import { readPickle } from './pickle.ts'
import type { PickleVocabulary } from './pickle-machine.ts'
import { describeValue } from './pickle-values.ts'
import type { Budget } from './strided.ts'
import { bigEndianError, type TorchFile } from './torch-file.ts'
import { createTorchVocabulary, TorchStorage } from './torch-objects.ts'

/** First number of PyTorch's files before 1.6. */
const MAGIC = 0x1950a86a20f9469cfc6cn
const VERSION = 1001

/** Tests whether bytes begin as a pickle of protocol 2 or later. */
export function looksLikePickle(bytes: Uint8Array): boolean {
  return bytes[0] === 0x80 && (bytes[1] as number) >= 2 && (bytes[1] as number) <= 5
}

/**
 * Opens a file of PyTorch before 1.6 (and later with `_use_new_zipfile_serialization=False`): five pickles, which are a magic number, a
 * version, the machine, the object and the keys of the storages; then each storage, preceded by the count of its numbers.
 */
export function openLegacyTorch(bytes: Uint8Array, budget: Budget, file: string): TorchFile {
  const storageTypes = new Map<string, TorchStorage>()
  const vocabulary = recordStorages(createTorchVocabulary(file, budget), storageTypes)
  let position = 0
  const readNext = (): unknown => {
    const { value, end } = readPickle(bytes, position, vocabulary, file)
    position = end
    return value
  }
  checkHeader(readNext, file)
  const value = readNext()
  const keys = readNext()
  if (!Array.isArray(keys)) return damagedError(file, 'invalid list of storages', describeValue(keys))

  const storages = new Map<string, Uint8Array>()
  for (const key of keys.map((item) => (typeof item === 'string' ? item : describeValue(item)))) {
    const type = storageTypes.get(key)
    if (!type) return damagedError(file, 'a storage belongs to no tensor', key)
    const left = bytes.length - position - 8
    if (left < 0) return truncatedError(file, `storage ${key}`, `${left + 8} bytes`, '8 or more')
    const count = Number(new DataView(bytes.buffer, bytes.byteOffset + position, 8).getBigInt64(0, true))
    const length = count * type.bytesPerNumber
    if (count < 0) return damagedError(file, `storage ${key} has a negative count`, `${count}`)
    if (length > left) return truncatedError(file, `storage ${key}`, `${left} bytes`, `${length}`)
    position += 8
    storages.set(key, bytes.subarray(position, position + length))
    position += length
  }
  if (position < bytes.length) {
    return damagedError(file, 'the file has bytes after the last storage', `${bytes.length - position} bytes`)
  }
  return { value, getStorage: ({ key }) => storages.get(key) }
}

function checkHeader(readNext: () => unknown, file: string): void {
  const magic = readNext()
  if (magic !== MAGIC)
    damagedError(file, 'a pickle that PyTorch did not write: it lacks the magic number', describeValue(magic))
  const version = readNext()
  if (version !== VERSION) damagedError(file, 'unknown version of the format', describeValue(version))
  const machine = readNext()
  if (!(machine instanceof Map)) damagedError(file, 'the machine is not described', describeValue(machine))
  else if (machine.get('little_endian') !== true) bigEndianError(file)
}

/** Records the storages that a pickle refers to: their types give the lengths of their bytes. */
function recordStorages(vocabulary: PickleVocabulary, types: Map<string, TorchStorage>): PickleVocabulary {
  return {
    ...vocabulary,
    persistent(id) {
      const storage = vocabulary.persistent(id)
      if (storage instanceof TorchStorage) types.set(storage.key, storage)
      return storage
    },
  }
}
