import { existsSync } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { FacekpError } from '@facekp/core'
import {
  acquireLock,
  checkReplaceable,
  type Lock,
  makeDir,
  notWrittenError,
  syncFolder,
  writeFileAtomic,
} from '@facekp/files'
import { createIdSet, type IdSet } from '@facekp/id-set'
import { joinFiles } from './join-files.ts'
import type { Prediction } from './prediction.ts'
import { type ExpectedPredictions, readPredictions } from './read-predictions.ts'

/** Predictions that are written one after another, and that an interrupted command continues. */
export interface Journal {
  /** Number of images that earlier commands and this one predicted. */
  readonly size: number
  /** Tests whether an earlier command or this one predicted an image. */
  has(image: string): boolean
  append(prediction: Prediction): Promise<void>
  /** Reads all predictions. */
  read(): AsyncGenerator<Prediction, void>
  /** Completes the file of JSON lines: syncs it to the disk and gives it its name. */
  complete(): Promise<void>
  /** Removes the file of a journal that is not completed, because its predictions are elsewhere. */
  remove(): Promise<void>
  /** Lets other commands write to the file. */
  close(): Promise<void>
}

/** Options of {@link openJournal}. */
export interface JournalOptions extends ExpectedPredictions {
  /** Whether the file itself has the lines in the end, not another format (default true). */
  readonly isOfLines?: boolean
  /** Whether the predictions of earlier commands are dropped (default false). */
  readonly overwrite?: boolean
}

const PARTIAL = '.partial.jsonl'

/** Returns the file that holds predictions until the file of a command is complete. */
export function getPartialFile(out: string): string {
  return `${out}${PARTIAL}`
}

/** Tests whether a file is one of {@link getPartialFile}. */
export function isPartialFile(file: string): boolean {
  return file.endsWith(PARTIAL)
}

/**
 * Opens the journal of a file of JSON lines for one command at a time. Until it is completed, new predictions are in
 * {@link getPartialFile}, of which a last line that an interrupted command left incomplete is removed.
 *
 * @throws FacekpError `LOCKED` if another command writes to the file; `PREDICTIONS_INVALID` if the predictions are others than are
 *   expected; `OUTPUT_NOT_WRITTEN`
 */
export async function openJournal(
  out: string,
  { isOfLines = true, overwrite = false, ...expected }: JournalOptions,
): Promise<Journal> {
  const files = isOfLines ? [out, getPartialFile(out)] : [getPartialFile(out)]
  const { release } = await lockOutput(out)
  try {
    if (overwrite) for (const file of files) await rm(file, { force: true })
    return createJournal({ out, files, expected, release, images: await readImages(files, expected) })
  } catch (error) {
    release()
    throw error
  }
}

async function lockOutput(out: string): Promise<Lock> {
  try {
    await checkReplaceable(out, 'OUTPUT_NOT_WRITTEN')
    await makeDir(dirname(resolve(out)))
    return await acquireLock(`${out}.lock`, { subject: `the output ${out}` })
  } catch (cause) {
    if (cause instanceof FacekpError) throw cause
    throw notWrittenError(out, cause, { code: 'OUTPUT_NOT_WRITTEN' })
  }
}

/** Reads the ids of the images that earlier commands predicted; the last file may end within a line. */
async function readImages(files: readonly string[], expected: ExpectedPredictions): Promise<IdSet> {
  const partial = files.at(-1) as string
  await endWithLine(partial)
  const images = createIdSet()
  for (const file of files.slice(0, -1)) for await (const { image } of readIfExists(file, expected)) images.add(image)
  const count = images.size
  let hasDoubles = false
  for await (const { image } of readIfExists(partial, expected)) if (!images.add(image)) hasDoubles = true
  // The file was completed, but the command was interrupted before it removed this one.
  if (images.size === count) await rm(partial, { force: true })
  else if (hasDoubles) await writeFileAtomic(partial, listNewLines(files, expected), 'OUTPUT_NOT_WRITTEN')
  return images
}

/** Lists the lines of the last file whose images neither a line before them nor another file has. */
async function* listNewLines(files: readonly string[], expected: ExpectedPredictions): AsyncGenerator<string, void> {
  const images = createIdSet()
  for (const file of files) {
    for await (const prediction of readIfExists(file, expected)) {
      if (images.add(prediction.image) && file === files.at(-1)) yield `${JSON.stringify(prediction)}\n`
    }
  }
}

interface OpenJournal {
  readonly out: string
  /** Files with predictions that were made. */
  readonly files: readonly string[]
  readonly expected: ExpectedPredictions
  readonly images: IdSet
  readonly release: () => void
}

function createJournal({ out, files, expected, images, release }: OpenJournal): Journal {
  const partial = getPartialFile(out)
  let file: FileHandle | undefined
  const closeFile = async (): Promise<void> => {
    await file?.sync()
    await file?.close()
    file = undefined
  }
  return {
    get size() {
      return images.size
    },
    has: (image) => images.has(image),
    async append(prediction) {
      try {
        file ??= await open(partial, 'a')
        await file.appendFile(`${JSON.stringify(prediction)}\n`)
      } catch (cause) {
        throw notWrittenError(partial, cause, { code: 'OUTPUT_NOT_WRITTEN' })
      }
      images.add(prediction.image)
    },
    async *read() {
      for (const name of files) yield* readIfExists(name, expected)
    },
    async complete() {
      await closeFile()
      if (existsSync(out) && !existsSync(partial)) return
      if (existsSync(out)) await writeFileAtomic(out, joinFiles([out, partial]), 'OUTPUT_NOT_WRITTEN')
      else if (existsSync(partial)) return moveToDisk(partial, out)
      else return writeFileAtomic(out, '', 'OUTPUT_NOT_WRITTEN')
      await rm(partial)
    },
    async remove() {
      await closeFile()
      await rm(partial, { force: true })
    },
    async close() {
      await closeFile().catch(() => undefined)
      release()
    },
  }
}

async function* readIfExists(file: string, expected: ExpectedPredictions): AsyncGenerator<Prediction, void> {
  if (existsSync(file)) yield* readPredictions(file, expected)
}

async function moveToDisk(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
    await syncFolder(dirname(to))
  } catch (cause) {
    throw notWrittenError(to, cause, { code: 'OUTPUT_NOT_WRITTEN' })
  }
}

/** Removes from a file what follows the last end of a line. */
async function endWithLine(path: string): Promise<void> {
  if (!existsSync(path)) return
  const file = await open(path, 'r+')
  try {
    const { size } = await file.stat()
    const end = await findEnd(file, size)
    if (end < size) await file.truncate(end)
  } finally {
    await file.close()
  }
}

/** Finds the place behind the last end of a line, from the end of the file. */
async function findEnd(file: FileHandle, size: number): Promise<number> {
  const chunk = Buffer.alloc(65_536)
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - chunk.length)
    const { bytesRead } = await file.read(chunk, 0, end - start, start)
    const last = chunk.subarray(0, bytesRead).lastIndexOf(10)
    if (last >= 0) return start + last + 1
    end = start
  }
  return 0
}
