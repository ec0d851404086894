import { damagedError, truncatedError } from './errors.ts'
import { describeValue, type PickleVocabulary, readPickle } from './pickle.ts'
import { DTYPE_BYTES } from './tensor.ts'
import { bigEndianError, type TorchFile } from './torch-file.ts'
import { createTorchVocabulary, TorchStorage } from './torch-objects.ts'

/** The number that begins PyTorch's files of before 1.6. */
const MAGIC = 0x1950a86a20f9469cfc6cn
const VERSION = 1001

/** Whether bytes begin as a pickle does, of protocol 2 or later. */
export function looksLikePickle(bytes: Uint8Array): boolean {
  return bytes[0] === 0x80 && (bytes[1] as number) >= 2 && (bytes[1] as number) <= 5
}

/**
 * Opens a file as PyTorch before 1.6 wrote it (and later with `_use_new_zipfile_serialization=False`): five pickles, a magic number,
 * a version, the machine, the object and the storages' keys; then each storage, its count before its numbers.
 */
export function openLegacyTorch(bytes: Uint8Array, file: string): TorchFile {
  const kinds = new Map<string, TorchStorage>()
  const vocabulary = recordStorages(createTorchVocabulary(file), kinds)
  let at = 0
  const next = (): unknown => {
    const { value, end } = readPickle(bytes, at, vocabulary, file)
    at = end
    return value
  }
  const magic = next()
  if (magic !== MAGIC)
    return damagedError(file, 'a pickle, but none of PyTorch: it lacks the magic number', describeValue(magic))
  const version = next()
  if (version !== VERSION) return damagedError(file, 'the file has another version than PyTorch wrote', `${version}`)
  const machine = next()
  if (!(machine instanceof Map))
    return damagedError(file, 'the file does not tell of its machine', describeValue(machine))
  if (machine.get('little_endian') !== true) return bigEndianError(file)
  const value = next()
  const keys = next()
  if (!Array.isArray(keys)) return damagedError(file, 'invalid list of storages', describeValue(keys))

  const storages = new Map<string, Uint8Array>()
  for (const key of keys.map(String)) {
    const kind = kinds.get(key)
    if (!kind) return damagedError(file, 'a storage belongs to no tensor', key)
    if (bytes.length - at < 8) return truncatedError(file, `storage ${key}`, `${bytes.length - at} bytes`, '8 or more')
    const count = Number(new DataView(bytes.buffer, bytes.byteOffset + at, 8).getBigInt64(0, true))
    const length = count * DTYPE_BYTES[kind.dtype]
    at += 8
    if (count < 0) return damagedError(file, `storage ${key} has a count below 0`, `${count}`)
    if (length > bytes.length - at) {
      return truncatedError(file, `storage ${key}`, `${bytes.length - at} bytes`, `${length}`)
    }
    storages.set(key, bytes.subarray(at, at + length))
    at += length
  }
  if (at < bytes.length)
    return damagedError(file, 'bytes that belong to no storage follow the last', `${bytes.length - at} bytes`)
  return { value, storage: ({ key }) => storages.get(key) }
}

/** A storage's bytes tell how many numbers they are, and the tensors of what kind. */
function recordStorages(vocabulary: PickleVocabulary, kinds: Map<string, TorchStorage>): PickleVocabulary {
  return {
    ...vocabulary,
    persistent(id) {
      const storage = vocabulary.persistent(id)
      if (storage instanceof TorchStorage) kinds.set(storage.key, storage)
      return storage
    },
  }
}
