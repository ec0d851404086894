import { readFile } from 'node:fs/promises'
import { basename, join, resolve, sep } from 'node:path'
import { FacekpError, type Json } from '@facekp/core'
import { bootstrap } from '@facekp/metrics'
import type { ComparedRun, MetricEstimate } from '@facekp/viz'
import { z } from 'zod'

/** A figure with its interval, as summary.json has it. */
const interval = z.tuple([z.number(), z.number(), z.number()]).optional()

/** What is read of summary.json; runs of older versions lack title, settings and the field's figures. */
const summarySchema = z.object({
  title: z.string().optional(),
  data: z.string(),
  recipe: z.string(),
  backend: z.string(),
  seed: z.number(),
  interrupted: z.boolean(),
  seconds: z.number(),
  imagesPerSecond: z.number().nullable(),
  valErrorPx: z.number().optional(),
  maePx: interval,
  nme: interval,
  failureRate: interval,
  auc: interval,
  settings: z.record(z.string(), z.json()).optional(),
})

/** errors.json: the errors of each face. */
const errorsSchema = z.object({
  scheme: z.string(),
  by: z.string().optional(),
  threshold: z.number().positive().optional(),
  faces: z.array(z.object({ id: z.string(), errorPx: z.number(), nme: z.number().optional() })).min(1),
})

/** A line of history.jsonl. */
const epochSchema = z.object({
  epoch: z.number().int().positive(),
  trainLoss: z.number(),
  valLoss: z.number().optional(),
  valErrorPx: z.number().optional(),
  learningRate: z.number().optional(),
  gradientNorm: z.number().optional(),
})

/**
 * Reads the folders that runs left: summary.json, history.jsonl and, where it is there, errors.json. Each run is labeled by its folder's
 * name, with so much of the path before it as sets it apart.
 *
 * Throws `RUN_MISSING` naming the file that is not there, `RUN_DAMAGED` naming file and line that cannot be read, `OPTION_INVALID` where a
 * folder is named twice.
 */
export async function readRuns(folders: readonly string[]): Promise<ComparedRun[]> {
  const labels = labelsOf(folders)
  const runs: ComparedRun[] = []
  for (const [i, folder] of folders.entries()) runs.push(await loadRunManifest(folder, labels[i] as string))
  return runs
}

async function loadRunManifest(folder: string, label: string): Promise<ComparedRun> {
  const summary = await readJson(join(folder, 'summary.json'), summarySchema)
  const history = await readLines(join(folder, 'history.jsonl'), epochSchema)
  const errors = await readJson(join(folder, 'errors.json'), errorsSchema).catch((error: unknown) => {
    if ((error as { code?: unknown }).code === 'RUN_MISSING') return undefined
    throw error
  })
  const { title, data, recipe, backend, seed, interrupted, seconds, imagesPerSecond, valErrorPx } = summary
  const figures = {
    nme: figureOf(summary.nme),
    failureRate: figureOf(summary.failureRate),
    auc: figureOf(summary.auc),
    maePx: figureOf(summary.maePx),
    errorPx: errors ? meanError(errors.faces) : valErrorPx === undefined ? undefined : { value: valErrorPx },
  }
  return {
    label,
    data: title ? `${title}, ${data}` : data,
    ...(errors
      ? { scheme: errors.scheme, normalization: errors.by, threshold: errors.threshold, faces: errors.faces }
      : {}),
    metrics: Object.fromEntries(Object.entries(figures).filter(([, figure]) => figure)),
    history,
    interrupted,
    seconds,
    imagesPerSecond: imagesPerSecond ?? undefined,
    settings: { backend, ...((summary.settings as Record<string, Json> | undefined) ?? { recipe, seed, data }) },
  }
}

function figureOf(triple: readonly [number, number, number] | undefined): MetricEstimate | undefined {
  return triple && { value: triple[0], low: triple[1], high: triple[2] }
}

function meanError(faces: readonly { readonly errorPx: number }[]): MetricEstimate {
  return bootstrap(faces, (drawn) => drawn.reduce((sum, { errorPx }) => sum + errorPx, 0) / drawn.length)
}

/** The shortest ends of the folders' paths that differ. */
function labelsOf(folders: readonly string[]): string[] {
  const paths = folders.map((folder) => resolve(folder))
  const twice = folders.find((_, i) => paths.indexOf(paths[i] as string) !== i)
  if (twice !== undefined) {
    throw new FacekpError({
      code: 'OPTION_INVALID',
      problem: `the run ${twice} is named twice`,
      expected: 'each run once',
    })
  }
  const end = (path: string, names: number): string => path.split(sep).slice(-names).join('/')
  return paths.map((path) => {
    let names = 1
    while (paths.some((other) => other !== path && end(other, names) === end(path, names))) names++
    return names === 1 ? basename(path) : end(path, names)
  })
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new FacekpError({
      code: 'RUN_MISSING',
      file,
      problem: 'cannot be read',
      received: (cause as Error).message,
      expected: 'the folder of a run that is done: its summary.json is written last',
      cause,
    })
  }
}

async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T> {
  return parsed(await readText(file), schema, { file })
}

async function readLines<T>(file: string, schema: z.ZodType<T>): Promise<T[]> {
  const lines = (await readText(file)).split('\n')
  return lines.flatMap((line, i) => (line.trim() === '' ? [] : [parsed(line, schema, { file, line: i + 1 })]))
}

/** Throws `RUN_DAMAGED` with the place. */
function parsed<T>(text: string, schema: z.ZodType<T>, place: { readonly file: string; readonly line?: number }): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new FacekpError({
      code: 'RUN_DAMAGED',
      ...place,
      problem: 'is not JSON',
      received: (cause as Error).message,
      cause,
    })
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const path = issue?.path.map(String) ?? []
  const found = path.reduce<unknown>((at, key) => (at as Record<string, unknown> | null | undefined)?.[key], value)
  throw new FacekpError({
    code: 'RUN_DAMAGED',
    ...place,
    problem: `${path.length > 0 ? path.join('.') : 'it'} is not what a run leaves: ${issue?.message}`,
    received: found === undefined ? 'nothing' : JSON.stringify(found).slice(0, 100),
  })
}
