import { isFacekpError } from '@facekp/core'
import { unzipSync } from 'fflate'
import { damagedError, duplicateError, fail, quoteName, quoteNames, truncatedError } from './errors.ts'
import { readPickle } from './pickle.ts'
import type { Budget } from './strided.ts'
import { decodeText } from './text.ts'
import { bigEndianError, type TorchFile } from './torch-file.ts'
import { createTorchVocabulary } from './torch-objects.ts'

/** Tests whether bytes begin as a zip archive. */
export function looksLikeZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4
}

/**
 * Opens a file of PyTorch since 1.6: a zip archive of uncompressed entries, with the object in `NAME/data.pkl` and the storages in
 * `NAME/data/KEY`.
 */
export function openZippedTorch(bytes: Uint8Array, budget: Budget, file: string): TorchFile {
  const entries = readStoredEntries(bytes, file)
  const pickleName = [...entries.keys()].find((name) => /^[^/]*\/data\.pkl$/.test(name))
  if (pickleName === undefined) {
    return damagedError(file, 'a zip archive without the data.pkl of PyTorch', quoteNames([...entries.keys()]))
  }
  const folder = pickleName.slice(0, -'data.pkl'.length)
  if (entries.has(`${folder}constants.pkl`)) {
    return fail({
      code: 'WEIGHTS_UNSAFE',
      problem: 'the file is a TorchScript archive, which contains a program',
      file,
      expected: 'a state_dict: torch.save(torch.jit.load(path).state_dict(), other_path)',
    })
  }
  const order = entries.get(`${folder}byteorder`)
  if (order && decodeText(order, 'the byte order', file).trim() !== 'little') return bigEndianError(file)
  const pickle = entries.get(pickleName) as Uint8Array
  const { value } = readPickle(pickle, 0, createTorchVocabulary(file, budget), file)
  return { value, getStorage: ({ key }) => entries.get(`${folder}data/${key}`) }
}

/** Entries that are read. */
const NEEDED = /^[^/]*\/(data\.pkl|constants\.pkl|byteorder|data\/.*)$/

/**
 * Reads the needed entries of an archive, by name. Compressed entries are refused: PyTorch writes none, and a small one can unpack to any
 * size. Entries that overlap are found by the sum of their sizes, which cannot exceed the archive.
 */
function readStoredEntries(bytes: Uint8Array, file: string): Map<string, Uint8Array> {
  const sizes = new Map<string, number>()
  let left = bytes.length
  let files: Record<string, Uint8Array>
  try {
    files = unzipSync(bytes, {
      filter({ name, size, originalSize, compression }) {
        if (name === '') damagedError(file, 'the archive has an entry without a name')
        if (!NEEDED.test(name)) return false
        if (sizes.has(name)) duplicateError(file, name)
        if (compression !== 0) compressedError(name, file)
        left -= size
        if (size !== originalSize || left < 0) damagedError(file, 'the archive has impossible sizes', quoteName(name))
        sizes.set(name, size)
        return true
      },
    })
  } catch (error) {
    if (isFacekpError(error)) throw error
    return fail({
      code: 'WEIGHTS_DAMAGED',
      problem: 'the zip archive is truncated or damaged',
      file,
      received: (error as Error).message,
      expected: 'a whole archive; download or copy the file again',
      cause: error,
    })
  }
  const entries = new Map(Object.entries(files))
  for (const [name, size] of sizes) {
    const length = entries.get(name)?.length ?? 0
    if (length < size) truncatedError(file, `entry ${quoteName(name)}`, `${length} bytes`, `${size}`)
  }
  return entries
}

function compressedError(name: string, file: string): never {
  return fail({
    code: 'WEIGHTS_COMPRESSED',
    problem: 'the archive has a compressed entry',
    file,
    received: quoteName(name),
    expected: 'uncompressed entries, as torch.save writes them',
  })
}
