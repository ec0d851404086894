import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { FacekpError, isFacekpError } from '@facekp/core'
import { checkWritable } from './check-writable.ts'
import { decodeText } from './decode-text.ts'
import { notWrittenError } from './file-error.ts'
import { isSystemFile } from './is-system-file.ts'
import { isTemporaryFile } from './leftovers.ts'
import { acquireLock } from './lock.ts'
import { makeDir } from './make-dir.ts'
import { listMissing, removeEmpty } from './new-folders.ts'
import { RUN_FILES } from './run-files.ts'
import { writeFileAtomic } from './write-file-atomic.ts'

/** Milliseconds that a writer waits for another. */
const WAIT_MS = 120_000

const LOCK = '.write.lock'

/** A data file of a folder, such as `weights.bin`. */
export interface DataFile {
  /** Name in a new folder. */
  readonly name: string
  /** Makes the bytes, from the names of the data files before this one; absent: the folder gets no such file. */
  readonly format?: ((names: readonly string[]) => Uint8Array) | undefined
}

/** What shows that a folder is of some kind. */
export interface FolderLayout {
  /** Name of the index, such as `model.json`. */
  readonly index: string
  readonly files: readonly Pick<DataFile, 'name'>[]
  /** Reads the names of the data files in an index; undefined if it is the index of something else. */
  readonly parseIndex: (text: string) => readonly string[] | undefined
  /** Code of the errors. */
  readonly code: string
}

/** A folder of data files and the index that names them. */
export interface IndexedFolder extends FolderLayout {
  readonly files: readonly DataFile[]
  /** Makes the text of an index that names these data files. */
  readonly formatIndex: (names: readonly string[]) => string
}

/**
 * Writes a folder so that a reader finds the old content or the new one, whenever the program or the machine stops.
 *
 * The data go to a file with a name that the old index does not hold: `weights.bin` in a new folder, then `weights-HASH.bin`. The new
 * index, renamed over the old one, makes them valid; the old data file is removed last. A failure leaves the old content, and no
 * folder that did not exist. A second writer waits for the first. Other files stay as they are.
 *
 * @throws FacekpError with `code` if the folder holds files but no such index and no run, or cannot be written
 */
export async function writeIndexedFolder(folder: string, content: IndexedFolder): Promise<void> {
  const { index, files, formatIndex, code } = content
  const missing = listMissing(resolve(folder))
  try {
    await makeDir(folder)
    await readOldData(folder, content)
    const lock = await acquireLock(join(folder, LOCK), { subject: 'the folder', waitMs: WAIT_MS })
    const names: string[] = []
    try {
      const oldData = await readOldData(folder, content)
      for (const { name: newName, format } of files) {
        if (format === undefined) continue
        const data = format(names)
        const name = chooseName(folder, newName, data)
        names.push(name)
        await writeFileAtomic(join(folder, name), data, code)
      }
      await writeFileAtomic(join(folder, index), formatIndex(names), code)
      await removeData(folder, content, { unused: oldData, used: names })
    } catch (error) {
      await readOldData(folder, content)
        .then((used) => removeData(folder, content, { unused: names, used }))
        .catch(() => undefined)
      throw error
    } finally {
      lock.release()
    }
  } catch (error) {
    await removeEmpty(missing)
    throw isFacekpError(error) ? error : notWrittenError(folder, error, { code, kind: 'folder' })
  }
}

/**
 * Checks that {@link writeIndexedFolder} can write a folder, before the work whose result it will hold. Writes nothing.
 *
 * @throws FacekpError with `code`, as {@link writeIndexedFolder}
 */
export async function checkIndexedFolder(folder: string, layout: FolderLayout): Promise<void> {
  const { code } = layout
  const stats = await checkWritable(folder, { kind: 'folder', code })
  if (stats === undefined) return
  await readOldData(folder, layout).catch((error: unknown) => {
    throw isFacekpError(error) ? error : notWrittenError(folder, error, { code, kind: 'folder' })
  })
}

/** Reads the names of the data files that a folder has now; throws if it is a folder of something else. */
async function readOldData(
  folder: string,
  { index, files, parseIndex, code }: FolderLayout,
): Promise<readonly string[]> {
  const file = join(folder, index)
  if (existsSync(file)) {
    const names = parseIndex(decodeText(await readFile(file)))
    if (names) return names
    throw foreignFolderError(folder, code, index)
  }
  const patterns = files.map(dataPattern)
  const isOurs = (name: string): boolean =>
    name === LOCK || patterns.some((pattern) => pattern.test(name)) || isTemporaryFile(name) || isSystemFile(name)
  const names = (await readdir(folder)).filter((name) => !isOurs(name))
  const isRun = names.some((name) => RUN_FILES.includes(name))
  if (names[0] !== undefined && !isRun) throw foreignFolderError(folder, code, names[0])
  return []
}

function chooseName(folder: string, name: string, data: Uint8Array): string {
  if (!existsSync(join(folder, name))) return name
  return name.replace(/(\.\w+)$/, `-${createHash('sha256').update(data).digest('hex').slice(0, 12)}$1`)
}

/**
 * Removes data files: those that nothing uses any more, and those of writers that were killed, if {@link chooseName} chose their names.
 *
 * @param data.used names in the index
 */
async function removeData(
  folder: string,
  { files }: FolderLayout,
  { unused, used }: { readonly unused: readonly string[]; readonly used: readonly string[] },
): Promise<void> {
  const isUnused = (file: string): boolean =>
    !used.includes(file) &&
    files.some((data) => dataPattern(data).test(file) && (file !== data.name || unused.includes(file)))
  for (const file of (await readdir(folder)).filter(isUnused)) await rm(join(folder, file), { force: true })
}

function dataPattern({ name }: Pick<DataFile, 'name'>): RegExp {
  const [stem, extension] = name.split('.')
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
