import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { checkArgument, type Dataset, FacekpError, type Json } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { decodeText, notReadError, readText, writeFileAtomic } from '@facekp/files'
import { parseOptions } from '@facekp/options'
import * as tf from '@tensorflow/tfjs-core'
import * as z from 'zod/mini'
import { checkpointExistsError } from '../callbacks/model-checkpoint.ts'
import type { TrainOptions } from '../loop/train-options.ts'
import { parseTrainingConfig } from '../loop/training-config.ts'
import type { TrainingConfig } from '../loop/training-settings.ts'
import { datasetHash } from './dataset-hash.ts'
import { firstDifference } from './first-difference.ts'

/** What is needed to repeat a run: the content of its `run.json`. */
export interface RunManifest {
  readonly format: 1
  /** Settings with their defaults, the seed among them. */
  readonly config: TrainingConfig
  /** What else the program made the run from, such as network and augmentation. */
  readonly recipe: Json
  /** Name of the TensorFlow.js backend, and its number of threads. */
  readonly backend: { readonly name: string; readonly threads: number }
  /** Versions of Node, TensorFlow.js, this package, the packages that it uses, and what the program adds. */
  readonly versions: Readonly<Record<string, string>>
  /** Hashes of {@link datasetHash}. */
  readonly data: { readonly train: string; readonly validation?: string | undefined }
}

/** Data and machine of a run. */
export interface RunContext {
  readonly train: Dataset
  readonly validation?: Dataset | undefined
  /** Number of threads of the backend (default: those that the backend has, as onnx does, or else the cores of the machine). */
  readonly threads?: number | undefined
  /** Versions of what else the run depends on, such as the program. */
  readonly versions?: Readonly<Record<string, string>> | undefined
}

/** Options of {@link saveRunManifest}. */
export interface SaveRunOptions extends RunContext, Pick<TrainOptions, 'checkpoints' | 'resume'>, DifferenceOptions {
  readonly config: TrainingConfig
  /** What else the program makes the run from, as plain JSON (default null). */
  readonly recipe?: Json
}

/** How differences from the stored run are reported. */
export interface DifferenceOptions {
  /** Receives a line for another backend, number of threads or version, with which weights may differ (default `console.warn`). */
  readonly onDifference?: (difference: string) => void
}

const FILE = 'run.json'

const runSchema = z.object({
  format: z.literal(1),
  config: z.unknown(),
  recipe: z.json(),
  backend: z.object({ name: z.string(), threads: z.number() }),
  versions: z.record(z.string(), z.string()),
  data: z.object({ train: z.string(), validation: z.optional(z.string()) }),
})

/**
 * Writes `run.json`, with all that is needed to repeat a run, into its folder, which is created if it is missing. Call it after the
 * backend was selected. Each sample is read once, for the hash of the data.
 *
 * If `checkpoints` has a checkpoint, `resume` must be true and the run that of `run.json`, but for `epochs`, `timeLimitSeconds` and
 * `tensorLeakLimit`; otherwise the file stays as it was and an error is thrown.
 *
 * @throws `TRAIN_CONFIG` for an invalid setting; `CHECKPOINT_EXISTS` for a checkpoint without `resume`; `RUN_MISMATCH` naming the setting,
 * or the path in the recipe, that differs; `RUN_DATA` if the data differ; `FILE_NOT_WRITTEN`; what the datasets throw
 *
 * @example
 * ```ts
 * import { type TrainingConfig, type TrainOptions, train } from '@facekp/trainer'
 * import { saveRunManifest } from '@facekp/trainer/node'
 *
 * const settings: TrainingConfig = { epochs: 20, batchSize: 8, learningRate: 1e-3 }
 *
 * export async function trainRun(data: Pick<TrainOptions, 'model' | 'train' | 'validation'>) {
 *   const { config } = await saveRunManifest('run', { config: settings, train: data.train, validation: data.validation })
 *   return train({ ...config, ...data })
 * }
 * ```
 */
export async function saveRunManifest(folder: string, options: SaveRunOptions): Promise<RunManifest> {
  checkArgument(KINDS.path, folder, 'folder', 'saveRunManifest')
  checkArgument(KINDS.object, options, 'options', 'saveRunManifest')
  const { config, recipe = null, checkpoints, resume = false, onDifference = console.warn, ...context } = options
  const file = join(folder, FILE)
  const run: RunManifest = {
    format: 1,
    config: parseTrainingConfig(config),
    recipe,
    ...(await describeContext(context)),
  }
  const checkpoint = await checkpoints?.latest()
  if (checkpoint && !resume) throw checkpointExistsError(checkpoint)
  if (checkpoint) await checkResumed(file, run, onDifference)
  await writeFileAtomic(file, `${JSON.stringify(run, null, 2)}\n`)
  return run
}

/**
 * Reads what {@link saveRunManifest} wrote, to repeat the run from the same initial weights of the model: with the same data, versions,
 * backend and threads it ends with the same weights, bit by bit.
 *
 * @throws `RUN_DATA` if the data differ; `RUN_FORMAT` and `TRAIN_CONFIG`, with the path within the JSON, for an invalid file
 *
 * @example
 * ```ts
 * import { type TrainOptions, train } from '@facekp/trainer'
 * import { loadRunManifest } from '@facekp/trainer/node'
 *
 * export async function repeatRun(data: Pick<TrainOptions, 'model' | 'train' | 'validation'>) {
 *   const { config } = await loadRunManifest('run', { train: data.train, validation: data.validation })
 *   return train({ ...config, ...data })
 * }
 * ```
 */
export async function loadRunManifest(folder: string, options: RunContext & DifferenceOptions): Promise<RunManifest> {
  checkArgument(KINDS.path, folder, 'folder', 'loadRunManifest')
  checkArgument(KINDS.object, options, 'options', 'loadRunManifest')
  const { onDifference = console.warn, ...context } = options
  const file = join(folder, FILE)
  const text = await readText(file, UNREAD)
  const run = parseRun(text, file)
  checkContext({ file, run, context: await describeContext(context), onDifference })
  return run
}

/** Checks that a resumed run is that of its file. A run without a file cannot be compared. */
async function checkResumed(file: string, run: RunManifest, onDifference: (difference: string) => void): Promise<void> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw notReadError(file, error, UNREAD)
  })
  if (bytes === undefined) return
  const stored = parseRun(decodeText(bytes), file)
  const difference = firstDifference(toComparable(stored), toComparable(run))
  if (difference) {
    throw new FacekpError({
      code: 'RUN_MISMATCH',
      problem: `the run to resume has a different ${difference.path}`,
      file,
      received: JSON.stringify(difference.after) ?? 'none',
      expected: `${JSON.stringify(difference.before) ?? 'none'}, or another folder`,
    })
  }
  checkContext({ file, run: stored, context: run, onDifference })
}

/** Returns what a resumed run must share. */
function toComparable({ config, recipe }: RunManifest): object {
  const { epochs, timeLimitSeconds, tensorLeakLimit, ...settings } = config
  return { config: settings, recipe }
}

interface ContextCheck {
  readonly file: string
  readonly run: RunManifest
  readonly context: ContextDescription
  readonly onDifference: (difference: string) => void
}

/** Throws `RUN_DATA` if the data differ from those of the run, and reports other differences. */
function checkContext({ file, run, context, onDifference }: ContextCheck): void {
  for (const part of ['train', 'validation'] as const) {
    if (context.data[part] === run.data[part]) continue
    throw new FacekpError({
      code: 'RUN_DATA',
      problem: `the run had other data: those of ${part} differ`,
      file,
      received: context.data[part] ?? 'none',
      expected: run.data[part] ?? 'none',
    })
  }
  const before = listFacts(run)
  const after = listFacts(context)
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const stored = before.get(name) ?? 'missing'
    const current = after.get(name) ?? 'missing'
    if (stored !== current) onDifference(`${file}: ${name} was ${stored}, now ${current}; weights may differ slightly`)
  }
}

/** Lists backend, threads and versions by their names. */
function listFacts({ backend, versions }: ContextDescription): ReadonlyMap<string, string | number> {
  return new Map<string, string | number>([
    ['backend', backend.name],
    ['threads', backend.threads],
    ...Object.entries(versions),
  ])
}

type ContextDescription = Pick<RunManifest, 'backend' | 'versions' | 'data'>

async function describeContext({
  train,
  validation,
  threads = countThreads(),
  versions,
}: RunContext): Promise<ContextDescription> {
  return {
    backend: { name: tf.getBackend(), threads },
    versions: { ...listVersions(), ...versions },
    data: {
      train: await datasetHash(train),
      ...(validation ? { validation: await datasetHash(validation) } : {}),
    },
  }
}

/** Counts the threads of the backend, if it has the number, or else the cores of the machine. */
function countThreads(): number {
  const { threads = availableParallelism() } = tf.backend() as { readonly threads?: number }
  return threads
}

/** The package that writes manifests. */
const PACKAGE = '@facekp/trainer'

/** What is read of a `package.json`. */
interface Manifest {
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
}

/** Lists the versions of Node, TensorFlow.js, this package and the packages of facekp that it uses. */
function listVersions(): Record<string, string> {
  const require = createRequire(import.meta.url)
  const readManifest = (name: string): Manifest => require(`${name}/package.json`)
  const dependencies = Object.keys(readManifest(PACKAGE).dependencies).filter((name) => name.startsWith('@facekp/'))
  return {
    node: process.versions.node,
    '@tensorflow/tfjs-core': tf.version_core,
    ...Object.fromEntries([PACKAGE, ...dependencies].map((name) => [name, readManifest(name).version])),
  }
}

function parseRun(text: string, file: string): RunManifest {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new FacekpError({
      code: 'RUN_FORMAT',
      problem: 'the file is not valid JSON',
      file,
      received: (cause as Error).message,
      expected: 'the file that saveRunManifest wrote',
      cause,
    })
  }
  const run = parseOptions({ schema: runSchema, value: json, code: 'RUN_FORMAT', name: 'the run', noun: 'field', file })
  return { ...run, config: parseTrainingConfig(run.config, { file, within: 'config' }) }
}

const UNREAD = { code: 'RUN_FORMAT', kind: 'file', expected: 'the file that saveRunManifest wrote' }
