import { createReadStream } from 'node:fs'
import { type FileHandle, open, truncate } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { checkArgument, FacekpError, type Json, type PlainError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { acquireLock, decodeText, makeDir, notReadError, notWrittenError } from '@facekp/files'
import * as z from 'zod'
import { type Job, jobSchema } from './job.ts'

/** A job that failed for good, as the journal stores it. */
export interface DeadLetter {
  readonly job: Job
  readonly error: PlainError
  readonly attempts: number
}

/** A line of a journal. */
export type JournalEntry =
  | { readonly id: string; readonly status: 'done'; readonly value: Json; readonly attempts: number }
  | ({ readonly id: string; readonly status: 'failed' } & DeadLetter)

const attempts = z.int().positive()
const id = z.string()
const entrySchema = z.discriminatedUnion('status', [
  z.object({ id, status: z.literal('done'), value: z.json(), attempts }),
  z.object({
    id,
    status: z.literal('failed'),
    job: jobSchema,
    error: z.looseObject({ problem: z.string() }),
    attempts,
  }),
]) as unknown as z.ZodType<JournalEntry>

/** A file of JSON lines, one for each result, from which an interrupted run goes on. */
export interface JobJournal {
  /** Tests whether an earlier run has done a job. Results of this run take no memory. */
  has(id: string): boolean
  /** Reads the result of a job that an earlier run has done. */
  read(id: string): Promise<JournalEntry>
  /** Adds a result. Returns when it is on the disk. */
  append(entry: JournalEntry): Promise<void>
  close(): Promise<void>
}

/** Where a line lies in the file. */
interface Place {
  readonly start: number
  readonly length: number
}

/**
 * Opens the journal of a run for one program at a time. Removes a last line that a killed program left incomplete.
 *
 * @throws FacekpError `JOBS_JOURNAL` naming the line that is no result, `LOCKED` if another program uses it
 */
export async function openJournal(path: string): Promise<JobJournal> {
  await makeDir(dirname(resolve(path))).catch((cause: unknown) => {
    throw notWrittenError(path, cause, { code: 'JOBS_JOURNAL' })
  })
  const lock = await acquireLock(`${path}.lock`, { subject: `the journal ${path}` })
  try {
    const places = new Map<string, Place>()
    let end = 0
    for await (const { entry, place } of readEntries(path)) {
      if (entry.status === 'done') places.set(entry.id, place)
      end = place.start + place.length
    }
    const file = await openFile(path, end)
    return createJournal({ path, file, places, release: lock.release })
  } catch (error) {
    lock.release()
    throw error
  }
}

/**
 * Reads the jobs that failed for good from the journal of `runJobs`. Those that a later run has finished are left out.
 *
 * @throws FacekpError `JOBS_JOURNAL` if the file cannot be read, or naming the line that is no result
 *
 * @example
 * ```ts
 * for (const { job, error } of await readDeadLetters('runs/jobs.jsonl')) console.error(job.args, error.problem)
 * ```
 */
export async function readDeadLetters(path: string): Promise<DeadLetter[]> {
  checkArgument(KINDS.path, path, 'path', 'readDeadLetters')
  const letters = new Map<string, DeadLetter>()
  for await (const { entry } of readEntries(path)) {
    if (entry.status === 'done') letters.delete(entry.id)
    else letters.set(entry.id, { job: entry.job, error: entry.error, attempts: entry.attempts })
  }
  return [...letters.values()]
}

/**
 * Reads the ids of the jobs in the journal of `runJobs`, in the order in which each had its first result, done or failed.
 *
 * @throws FacekpError `JOBS_JOURNAL` if the file cannot be read, or naming the line that is no result
 *
 * @example
 * ```ts
 * const ids = await readJobOrder('runs/jobs.jsonl')
 * ```
 */
export async function readJobOrder(path: string): Promise<string[]> {
  checkArgument(KINDS.path, path, 'path', 'readJobOrder')
  const ids = new Set<string>()
  for await (const { entry } of readEntries(path)) ids.add(entry.id)
  return [...ids]
}

async function openFile(path: string, end: number): Promise<FileHandle> {
  try {
    const file = await open(path, 'a+')
    await truncate(path, end)
    return file
  } catch (cause) {
    throw notWrittenError(path, cause, { code: 'JOBS_JOURNAL' })
  }
}

async function* readEntries(path: string): AsyncGenerator<{ readonly entry: JournalEntry; readonly place: Place }> {
  let start = 0
  let number = 0
  let text = ''
  const stream = createReadStream(path, 'utf8')
  try {
    for await (const chunk of stream) {
      const lines = (text + chunk).split('\n')
      // What follows the last line break is the beginning of a line, or was left by a killed program.
      text = lines.pop() as string
      for (const line of lines) {
        const length = Buffer.byteLength(line) + 1
        yield { entry: parseEntry(path, ++number, line), place: { start, length } }
        start += length
      }
    }
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return
    if (syscall === undefined) throw error
    const expected = 'the path of a file that this user may read, or of none yet'
    throw notReadError(path, error, { code: 'JOBS_JOURNAL', kind: 'journal', expected })
  } finally {
    stream.destroy()
  }
}

function parseEntry(file: string, line: number, text: string): JournalEntry {
  try {
    return entrySchema.parse(JSON.parse(text.replace(/^\uFEFF/, '')))
  } catch (cause) {
    throw new FacekpError({
      code: 'JOBS_JOURNAL',
      file,
      line,
      problem: 'the line is no result of a job',
      received: text,
      expected: 'a journal that runJobs wrote: remove the line, whose job is then run again, or name another file',
      cause,
    })
  }
}

interface OpenJournal {
  readonly path: string
  readonly file: FileHandle
  /** Results of earlier runs. */
  readonly places: ReadonlyMap<string, Place>
  release(): void
}

function createJournal({ path, file, places, release }: OpenJournal): JobJournal {
  let pending: string[] = []
  let writing: Promise<void> | undefined

  /** Writes all pending lines and syncs the disk once. */
  const writePending = async (): Promise<void> => {
    const lines = pending.join('')
    pending = []
    writing = undefined
    try {
      await file.appendFile(lines)
      await file.datasync()
    } catch (cause) {
      throw notWrittenError(path, cause, { code: 'JOBS_JOURNAL', kind: 'journal' })
    }
  }
  let last: Promise<void> = Promise.resolve()
  return {
    has: (id) => places.has(id),
    async read(id) {
      const { start, length } = places.get(id) as Place
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, start)
      return JSON.parse(decodeText(buffer)) as JournalEntry
    },
    append(entry) {
      pending.push(`${JSON.stringify(entry)}\n`)
      // Results that come while the disk is busy are written together.
      writing ??= last = last.then(writePending)
      return writing
    },
    async close() {
      await last.catch(() => undefined)
      await file.close()
      release()
    },
  }
}
