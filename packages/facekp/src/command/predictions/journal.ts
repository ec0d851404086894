import { existsSync } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeDir, notWrittenError, syncFolder, writeFileAtomic } from '@facekp/files'
import { createIdSet } from '@facekp/id-set'
import { joinFiles } from './join-files.ts'
import type { Prediction } from './prediction.ts'
import { readPredictions } from './read-predictions.ts'

/** Predictions that are written one after another, and that an interrupted command continues. */
export interface Journal {
  /** Tests whether an earlier command or this one predicted an image. */
  has(image: string): boolean
  append(prediction: Prediction): Promise<void>
  /** Reads all predictions. */
  read(): AsyncGenerator<Prediction, void>
  /** Completes the file of JSON lines: syncs it to the disk and gives it its name. */
  complete(): Promise<void>
  /** Removes the file of a journal that is not completed, because its predictions are elsewhere. */
  remove(): Promise<void>
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
 * Opens the journal of a file of JSON lines. Until it is completed, new predictions are in {@link getPartialFile}, of which a last line
 * that an interrupted command left incomplete is removed.
 *
 * @param pointCount number of points of the model
 * @throws FacekpError `PREDICTIONS_INVALID` if the predictions are those of another model; `OUTPUT_NOT_WRITTEN`
 */
export async function openJournal(out: string, pointCount: number): Promise<Journal> {
  const partial = getPartialFile(out)
  const images = createIdSet()
  let file: FileHandle | undefined
  for await (const { image } of readIfExists(out, pointCount)) images.add(image)
  await endWithLine(partial)
  let isObsolete = false
  for await (const { image } of readIfExists(partial, pointCount)) isObsolete = !images.add(image) || isObsolete
  // The file was completed, but the command was interrupted before it removed this one.
  if (isObsolete) await rm(partial)
  const close = async (): Promise<void> => {
    await file?.sync()
    await file?.close()
    file = undefined
  }
  return {
    has: (image) => images.has(image),
    async append(prediction) {
      try {
        file ??= await openToAppend(partial)
        await file.appendFile(`${JSON.stringify(prediction)}\n`)
      } catch (cause) {
        throw notWrittenError(partial, cause, { code: 'OUTPUT_NOT_WRITTEN' })
      }
      images.add(prediction.image)
    },
    async *read() {
      yield* readIfExists(out, pointCount)
      yield* readIfExists(partial, pointCount)
    },
    async complete() {
      await close()
      if (existsSync(out) && !existsSync(partial)) return
      if (existsSync(out)) await writeFileAtomic(out, joinFiles([out, partial]), 'OUTPUT_NOT_WRITTEN')
      else if (existsSync(partial)) return moveToDisk(partial, out)
      else return writeFileAtomic(out, '', 'OUTPUT_NOT_WRITTEN')
      await rm(partial)
    },
    async remove() {
      await close()
      await rm(partial, { force: true })
    },
  }
}

async function* readIfExists(file: string, pointCount: number): AsyncGenerator<Prediction, void> {
  if (existsSync(file)) yield* readPredictions(file, pointCount)
}

async function openToAppend(file: string): Promise<FileHandle> {
  await makeDir(dirname(file))
  return open(file, 'a')
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
