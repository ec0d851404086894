import { isFacekpError } from '@facekp/core'
import { unzipSync } from 'fflate'
import { damagedError, duplicateError, fail, quoteName, truncatedError } from './errors.ts'
import { readPickle } from './pickle.ts'
import { decodeText } from './text.ts'
import { bigEndianError, type TorchFile } from './torch-file.ts'
import { createTorchVocabulary } from './torch-objects.ts'

/** Whether bytes begin as a zip archive does. */
export function looksLikeZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4
}

/**
 * Opens a file as PyTorch has written it since 1.6: a zip archive of uncompressed entries, `NAME/data.pkl` the object and
 * `NAME/data/KEY` the storages.
 */
export function openZippedTorch(bytes: Uint8Array, file: string): TorchFile {
  const entries = readStoredEntries(bytes, file)
  const pickleName = [...entries.keys()].find((name) => /^[^/]*\/data\.pkl$/.test(name))
  if (pickleName === undefined) {
    return damagedError(
      file,
      "a zip archive, but none of PyTorch's: it has no data.pkl",
      [...entries.keys()].slice(0, 8).map(quoteName).join(', '),
    )
  }
  const folder = pickleName.slice(0, -'data.pkl'.length)
  if (entries.has(`${folder}constants.pkl`)) {
    return fail({
      code: 'WEIGHTS_UNSAFE',
      problem: 'a TorchScript archive, which holds a program',
      file,
      expected: 'the weights alone: torch.save(torch.jit.load(path).state_dict(), other_path)',
    })
  }
  const order = entries.get(`${folder}byteorder`)
  if (order && decodeText(order, 'the byte order', file).trim() !== 'little') return bigEndianError(file)
  const pickle = entries.get(pickleName) as Uint8Array
  const { value } = readPickle(pickle, 0, createTorchVocabulary(file), file)
  return { value, storage: ({ key }) => entries.get(`${folder}data/${key}`) }
}

/** What is read of an archive; TorchScript's programs and the versions of things are not. */
const NEEDED = /^[^/]*\/(data\.pkl|constants\.pkl|byteorder|data\/.*)$/

/**
 * The needed entries of an archive by name. Compressed ones are refused: PyTorch writes none, and a few of them can unpack to any size.
 * Together they cannot take more than the archive does, so that entries which overlap cannot either.
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
        if (size !== originalSize || left < 0)
          damagedError(file, 'the archive tells sizes that it cannot have', quoteName(name))
        sizes.set(name, size)
        return true
      },
    })
  } catch (error) {
    if (isFacekpError(error)) throw error
    return damagedError(file, 'the zip archive is cut off or damaged', (error as Error).message, error)
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
    expected: 'an archive as torch.save writes it, which compresses nothing',
  })
}
