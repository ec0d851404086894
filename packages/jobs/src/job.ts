import { hash } from 'node:crypto'
import { FacekpError, type Json } from '@facekp/core'
import { parseOptions } from '@facekp/options'
import * as z from 'zod'

/** Most characters of a job's arguments and of its value as JSON: data belong into files, which both name by path or URI. */
export const MAX_MESSAGE_LENGTH = 262_144

/** Work that any thread or machine can do: plain JSON. */
export interface Job {
  /** SHA-256 of module and arguments: jobs that do the same have the same id. */
  readonly id: string
  /**
   * Module whose default export does the work, `(args, context) => value`: a `file:` URL, or the name of a package's entry, which
   * each worker resolves in its own installation.
   */
  readonly module: string
  /** Argument of that function. Data are named by path or URI. */
  readonly args: Json
}

const moduleSchema = z
  .string()
  .regex(/^(file:\/\/\/.+|(@[\w.-]+\/)?[\w-][\w.-]*(\/[\w.-]+)*)$/, "a file: URL or the name of a package's entry")
const argsSchema = z.json().superRefine((args, { addIssue }) => {
  if (JSON.stringify(args).length <= MAX_MESSAGE_LENGTH) return
  const message = `at most ${MAX_MESSAGE_LENGTH} characters of JSON: pass data by path or URI`
  addIssue({ code: 'custom', message })
})

/** Schema of a job without its id. */
const workSchema = z.strictObject({ module: moduleSchema, args: argsSchema })

/** Schema of a {@link Job}. */
export const jobSchema: z.ZodType<Job> = workSchema
  .extend({ id: z.string().regex(/^[0-9a-f]{64}$/, 'the id of createJob: 64 hexadecimal digits') })
  .refine((job) => job.id === hashJob(job), 'an id that is the hash of module and arguments: use createJob')

/**
 * Creates a job. Its id is a hash of what it does, so that the same work is done once.
 *
 * @param work.module `file:` URL or name of a package's entry; its default export is `(args, { id }) => value`, plain JSON
 * @param work.args argument of that function, at most 256 KiB of JSON
 * @throws FacekpError `JOB_INVALID`
 *
 * @example
 * ```ts
 * const job = createJob({ module: new URL('./measure.js', import.meta.url).href, args: { images: ['a.jpg', 'b.jpg'] } })
 * ```
 */
export function createJob(work: { readonly module: string; readonly args: Json }): Job {
  const { module, args } = parseOptions({ schema: workSchema, value: work, code: 'JOB_INVALID', name: 'createJob' })
  return { id: hashJob({ module, args }), module, args }
}

/** Checks a job that comes from outside. */
export function parseJob(value: unknown): Job {
  return parseOptions({ schema: jobSchema, value, code: 'JOB_INVALID', noun: 'field', name: 'the job' })
}

function hashJob({ module, args }: Omit<Job, 'id'>): string {
  return hash('sha256', JSON.stringify(sortKeys({ args, module })), 'hex')
}

/** Sorts the keys of all objects, so that equal values have equal JSON. */
function sortKeys(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(sortKeys)
  const entries = Object.entries(value as Readonly<Record<string, Json>>)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, sortKeys(inner)]))
}

/** Creates the error of a value that does not fit into a message. */
export function valueError(job: Job, received: string): FacekpError {
  return new FacekpError({
    code: 'JOB_VALUE',
    problem: `the value of job ${job.id.slice(0, 12)} is no message`,
    file: job.module,
    received,
    expected: `plain JSON of at most ${MAX_MESSAGE_LENGTH} characters: write data to a file and return its path`,
  })
}
