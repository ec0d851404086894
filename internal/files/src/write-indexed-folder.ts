import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { FacekpError, isFacekpError } from '@facekp/core'
import { notWrittenError } from './file-error.ts'
import { isSystemFile } from './is-system-file.ts'
import { acquireLock } from './lock.ts'
import { makeDir } from './make-dir.ts'
import { RUN_FILES } from './run-files.ts'
import { isTemporaryFile, writeFileAtomic } from './write-file-atomic.ts'

/** Milliseconds that a writer waits for another. */
const WAIT_MS = 120_000

const LOCK = '.write.lock'

/** A folder of one data file and the index that names it. */
export interface IndexedFolder {
  /** Name of the index, such as `model.json`. */
  readonly index: string
  /** Name of the data file in a new folder, such as `weights.bin`. */
  readonly dataName: string
  readonly data: Uint8Array
  /** Makes the text of an index that names this data file. */
  readonly formatIndex: (dataName: string) => string
  /** Reads the names of the data files in an index; undefined if it is the index of something else. */
  readonly parseIndex: (text: string) => readonly string[] | undefined
  /** Code of the errors. */
  readonly code: string
}

/**
 * Writes a folder so that a reader finds the old content or the new one, whenever the program or the machine stops.
 *
 * The data go to a file with a name that the old index does not hold: `weights.bin` in a new folder, then `weights-HASH.bin`. The new
 * index, renamed over the old one, makes them valid; the old data file is removed last. A failure leaves the old content. A second
 * writer waits for the first. Other files stay as they are.
 *
 * @throws FacekpError with `code` if the folder holds files but no such index and no run, or cannot be written
 */
export async function writeIndexedFolder(folder: string, content: IndexedFolder): Promise<void> {
  const { index, data, formatIndex, code } = content
  try {
    await makeDir(folder)
    await readOldData(folder, content)
    const lock = await acquireLock(join(folder, LOCK), { subject: 'the folder', waitMs: WAIT_MS })
    try {
      const oldData = await readOldData(folder, content)
      const name = chooseName(folder, content)
      await writeFileAtomic(join(folder, name), data, code)
      await writeFileAtomic(join(folder, index), formatIndex(name), code)
      await removeOldData(folder, content, { oldData, name })
    } finally {
      lock.release()
    }
  } catch (error) {
    throw isFacekpError(error) ? error : notWrittenError(folder, error, { code, kind: 'folder' })
  }
}

/** Reads the names of the data files that a folder has now; throws if it is a folder of something else. */
async function readOldData(folder: string, content: IndexedFolder): Promise<readonly string[]> {
  const { index, parseIndex, code } = content
  const file = join(folder, index)
  if (existsSync(file)) {
    const names = parseIndex(await readFile(file, 'utf8'))
    if (names) return names
    throw foreignFolderError(folder, code, index)
  }
  const pattern = dataPattern(content)
  const isOurs = (name: string): boolean =>
    name === LOCK || pattern.test(name) || isTemporaryFile(name) || isSystemFile(name)
  const names = (await readdir(folder)).filter((name) => !isOurs(name))
  const isRun = names.some((name) => RUN_FILES.includes(name))
  if (names[0] !== undefined && !isRun) throw foreignFolderError(folder, code, names[0])
  return []
}

function chooseName(folder: string, { dataName, data }: IndexedFolder): string {
  if (!existsSync(join(folder, dataName))) return dataName
  return dataName.replace(/(\.\w+)$/, `-${createHash('sha256').update(data).digest('hex').slice(0, 12)}$1`)
}

/** Removes the data files of the old index and those of writers that were killed, if {@link chooseName} chose their names. */
async function removeOldData(
  folder: string,
  content: IndexedFolder,
  { oldData, name }: { readonly oldData: readonly string[]; readonly name: string },
): Promise<void> {
  const pattern = dataPattern(content)
  const isOld = (file: string): boolean =>
    file !== name && pattern.test(file) && (file !== content.dataName || oldData.includes(file))
  for (const file of (await readdir(folder)).filter(isOld)) await rm(join(folder, file), { force: true })
}

function dataPattern({ dataName }: IndexedFolder): RegExp {
  const [stem, extension] = dataName.split('.')
  return new RegExp(`^${stem}(-[0-9a-f]{12})?\\.${extension}$`)
}

function foreignFolderError(folder: string, code: string, name: string): FacekpError {
  return new FacekpError({
    code,
    file: folder,
    problem: 'the folder contains other files',
    received: name,
    expected: 'a new or empty folder, or that of a model or run',
  })
}
