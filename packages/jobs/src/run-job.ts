import { createRequire, Module } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { FacekpError, type Json } from '@facekp/core'
import * as z from 'zod'
import { type Job, MAX_MESSAGE_LENGTH, valueError } from './job.ts'
import { toFailure } from './job-error.ts'
import type { JobOutcome } from './job-executor.ts'

/** Built once: it takes as long as many checks by it. */
const valueSchema = z.json()

/** Functions of modules by their names and the places from which they were resolved; finding one again would take as long as a short job. */
const loaded = new Map<string, JobFunction>()

/** What a job's function learns besides its arguments. */
export interface JobContext {
  /** Of the job; names of files that contain it are the same in each attempt. */
  readonly id: string
}

/** The default export of a job's module. */
export type JobFunction = (args: Json, context: JobContext) => Json | Promise<Json>

/**
 * Attempts a job in this thread.
 *
 * @param resolveFrom URLs of the modules from which packages are resolved, tried in turn
 */
export async function runJob(job: Job, resolveFrom: readonly string[]): Promise<JobOutcome> {
  try {
    const run = await loadFunction(job, resolveFrom)
    return { status: 'done', value: checkValue(job, await run(job.args, { id: job.id })) }
  } catch (error) {
    return toFailure(error)
  }
}

async function loadFunction({ module }: Job, resolveFrom: readonly string[]): Promise<JobFunction> {
  const key = JSON.stringify([module, resolveFrom])
  const known = loaded.get(key)
  if (known) return known
  let run: unknown
  try {
    const loadedModule = module.startsWith('file:') ? await import(module) : await importPackage(module, resolveFrom)
    run = getDefault(loadedModule)
  } catch (cause) {
    throw new FacekpError({
      code: 'JOB_MODULE',
      problem: "cannot load the job's module",
      file: module,
      received: (cause as Error).message,
      expected: 'a module that this worker has: install it here, at the same path',
      cause,
    })
  }
  if (typeof run === 'function') {
    loaded.set(key, run as JobFunction)
    return run as JobFunction
  }
  throw new FacekpError({
    code: 'JOB_NO_FUNCTION',
    problem: "the job's module exports no function",
    file: module,
    received: run === undefined ? 'no default export' : `a default export of type ${typeof run}`,
    expected: 'export default function (args, { id }) { … }, which returns plain JSON',
  })
}

/** Returns the default export of a module; a CommonJS build may have it as a property `default` of all of its exports. */
function getDefault(module: unknown): unknown {
  const { default: value } = module as { readonly default?: unknown }
  return typeof value === 'object' && value !== null && 'default' in value ? value.default : value
}

/**
 * Imports the entry of a package from the first place that has it.
 *
 * @throws the error of the first place if no place has it
 */
async function importPackage(name: string, resolveFrom: readonly string[]): Promise<unknown> {
  const errors: unknown[] = []
  for (const place of resolveFrom) {
    let url: string | undefined
    try {
      url = pathToFileURL(createRequire(place).resolve(name)).href
    } catch (error) {
      if (!isNotExported(error)) {
        errors.push(error)
        continue
      }
    }
    if (url !== undefined) return import(url)
    // `require` does not find an entry that is for `import` only.
    try {
      return await importFrom(place, name)
    } catch (error) {
      if (!isNotExported(error)) throw error
      errors.push(error)
    }
  }
  throw errors[0]
}

/** Tests for the error of a package that has no such entry. */
function isNotExported(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED'
}

/** A module that runs code as if it came from a file, which the types of Node leave out. */
type CompilingModule = Module & Readonly<Record<'_compile', (code: string, file: string) => void>>

/** Imports the entry of a package as a module at a URL does. */
function importFrom(place: string, name: string): Promise<unknown> {
  const file = fileURLToPath(place)
  const module = new Module(file) as CompilingModule
  module._compile('module.exports = (name) => import(name)', file)
  return module.exports(name)
}

/** Checks that a value can be sent. */
function checkValue(job: Job, value: unknown): Json {
  const parsed = valueSchema.safeParse(value ?? null)
  if (!parsed.success) throw valueError(job, z.prettifyError(parsed.error))
  const { length } = JSON.stringify(parsed.data)
  if (length > MAX_MESSAGE_LENGTH) throw valueError(job, `${length} characters`)
  return parsed.data
}
