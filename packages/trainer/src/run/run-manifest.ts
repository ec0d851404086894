import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { type Dataset, FacekpError, type Json } from '@facekp/core'
import * as tf from '@tensorflow/tfjs'
import { z } from 'zod'
import manifest from '../../package.json' with { type: 'json' }
import { checkpointExistsError } from '../callbacks/model-checkpoint.ts'
import { writeDurably } from '../checkpoint/durable-file.ts'
import type { TrainOptions } from '../loop/train-options.ts'
import { parseTrainingConfig } from '../loop/training-config.ts'
import type { TrainingConfig } from '../loop/training-settings.ts'
import { firstIssue } from '../settings-problem.ts'
import { datasetHash } from './dataset-hash.ts'
import { firstDifference } from './first-difference.ts'

/** What a run follows from, as its `run.json` tells it. */
export interface RunManifest {
  readonly format: 1
  /** The settings, the seed among them, with all defaults. */
  readonly config: TrainingConfig
  /** What else the program made the run from: its network, its augmentation. */
  readonly recipe: Json
  /** What computed: TensorFlow.js' name of the backend, and how many threads it may use. */
  readonly backend: { readonly name: string; readonly threads: number }
  /** Of Node, TensorFlow.js, this package and those that it uses, and what the program named. */
  readonly versions: Readonly<Record<string, string>>
  /** What `datasetHash` gives. */
  readonly data: { readonly train: string; readonly validation?: string | undefined }
}

/** Where a run is. */
export interface RunContext {
  readonly train: Dataset
  readonly validation?: Dataset | undefined
  /** Default: the cores of the machine. */
  readonly threads?: number | undefined
  /** Versions of what else the run depends on, such as the program's own. */
  readonly versions?: Readonly<Record<string, string>> | undefined
}

const FILE = 'run.json'

const runSchema = z.object({
  format: z.literal(1),
  config: z.unknown(),
  recipe: z.json(),
  backend: z.object({ name: z.string(), threads: z.number() }),
  versions: z.record(z.string(), z.string()),
  data: z.object({ train: z.string(), validation: z.string().optional() }),
})

/**
 * Writes beside a run what it follows from: `run.json` in its folder, which is made. Reads every sample once, for the data's hash.
 * Call it when the backend is chosen. Throws `TRAIN_CONFIG` for settings that cannot be used, and what the data sets throw.
 *
 * Where `checkpoints` and `resume` are given as to `train`, and there is a checkpoint to go on from, the run must be the one that `run.json`
 * tells. Throws `RUN_MISMATCH` naming the setting, or the place in the recipe, that is another, and `RUN_DATA` where the data are;
 * epochs, `timeLimitSeconds` and `tensorLeakLimit` may differ. Where `resume` is not asked for it throws `CHECKPOINT_EXISTS`. The file stays as it
 * was then.
 *
 * @param options.onDifference is told of another backend, number of threads or version than the run had; default `console.warn`
 *
 * @example
 * ```ts
 * const { config } = await saveRunManifest('run', { config: { epochs: 20, batchSize: 8, learningRate: 1e-3 }, train: faces, validation })
 * await train({ ...config, model, train: faces, validation })
 * ```
 */
export async function saveRunManifest(
  folder: string,
  {
    config,
    recipe = null,
    checkpoints,
    resume = false,
    onDifference = console.warn,
    ...place
  }: RunContext &
    Pick<TrainOptions, 'checkpoints' | 'resume'> & {
      readonly config: TrainingConfig
      readonly recipe?: Json
      readonly onDifference?: (difference: string) => void
    },
): Promise<RunManifest> {
  const run: RunManifest = { format: 1, config: parseTrainingConfig(config), recipe, ...(await placed(place)) }
  const found = await checkpoints?.latest()
  if (found && !resume) throw checkpointExistsError(found)
  if (found) await checkContinued(join(folder, FILE), run, onDifference)
  await mkdir(folder, { recursive: true })
  await writeDurably(join(folder, FILE), Buffer.from(`${JSON.stringify(run, null, 2)}\n`))
  return run
}

/**
 * Reads what {@link saveRunManifest} wrote, to train the same run again, from the same first weights of the model: with the same data,
 * versions, backend and threads it ends with the same weights, bit by bit.
 *
 * Throws `RUN_DATA` where the data are others; `RUN_FORMAT` and `TRAIN_CONFIG`, with the place within the JSON, where the file cannot
 * be used.
 *
 * @param options.onDifference is told of another backend, number of threads or version, with which the weights may differ a little;
 * default `console.warn`
 *
 * @example
 * ```ts
 * const { config } = await loadRunManifest('run', { train: faces, validation })
 * await train({ ...config, model, train: faces, validation })
 * ```
 */
export async function loadRunManifest(
  folder: string,
  { onDifference = console.warn, ...place }: RunContext & { readonly onDifference?: (difference: string) => void },
): Promise<RunManifest> {
  const file = join(folder, FILE)
  const run = parseRun(await readFile(file, 'utf8').catch(cannotRead(file)), file)
  checkPlace(file, run, await placed(place), onDifference)
  return run
}

/** Throws where a run that goes on from checkpoints is not the one of its file; a run without one cannot be compared. */
async function checkContinued(
  file: string,
  run: RunManifest,
  onDifference: (difference: string) => void,
): Promise<void> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    return error.code === 'ENOENT' ? undefined : cannotRead(file)(error)
  })
  if (text === undefined) return
  const begun = parseRun(text, file)
  const [before, now] = [begun, run].map(({ config, recipe }) => {
    const { epochs, timeLimitSeconds, tensorLeakLimit, ...settings } = config
    return { config: settings, recipe }
  })
  const other = firstDifference(before, now)
  if (other) {
    throw new FacekpError({
      code: 'RUN_MISMATCH',
      problem: `the run that is to go on had another ${other.place}`,
      file,
      received: JSON.stringify(other.now) ?? 'none',
      expected: `${JSON.stringify(other.before) ?? 'none'}, or another folder`,
    })
  }
  checkPlace(file, begun, run, onDifference)
}

/** Throws `RUN_DATA` where the data are others than the run's, and tells of all else that is another. */
function checkPlace(
  file: string,
  run: RunManifest,
  { data, backend, versions }: Pick<RunManifest, 'data' | 'backend' | 'versions'>,
  onDifference: (difference: string) => void,
): void {
  for (const part of ['train', 'validation'] as const) {
    if (data[part] === run.data[part]) continue
    throw new FacekpError({
      code: 'RUN_DATA',
      problem: `the run had other data: those of ${part} differ`,
      file,
      received: data[part] ?? 'none',
      expected: run.data[part] ?? 'none',
    })
  }
  const [was, is] = [
    { backend: run.backend.name, threads: run.backend.threads, ...run.versions },
    { backend: backend.name, threads: backend.threads, ...versions },
  ].map((facts) => new Map(Object.entries(facts))) as [Map<string, unknown>, Map<string, unknown>]
  for (const name of new Set([...was.keys(), ...is.keys()])) {
    const [before, now] = [was.get(name) ?? 'none', is.get(name) ?? 'none']
    if (before !== now) onDifference(`${file}: ${name} was ${before} and is ${now}; weights may differ a little`)
  }
}

async function placed({
  train,
  validation,
  threads = availableParallelism(),
  versions,
}: RunContext): Promise<Pick<RunManifest, 'backend' | 'versions' | 'data'>> {
  return {
    backend: { name: tf.getBackend(), threads },
    versions: { ...ownVersions(), ...versions },
    data: {
      train: await datasetHash(train),
      ...(validation ? { validation: await datasetHash(validation) } : {}),
    },
  }
}

/** Of Node, TensorFlow.js, this package and those of its family that it uses. */
function ownVersions(): Record<string, string> {
  const require = createRequire(import.meta.url)
  const family = Object.keys(manifest.dependencies).filter((name) => name.startsWith('@facekp/'))
  return {
    node: process.versions.node,
    '@tensorflow/tfjs': tf.version.tfjs,
    [manifest.name]: manifest.version,
    ...Object.fromEntries(family.map((name) => [name, require(`${name}/package.json`).version as string])),
  }
}

function parseRun(text: string, file: string): RunManifest {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw new FacekpError({ code: 'RUN_FORMAT', problem: `is no JSON: ${(cause as Error).message}`, file, cause })
  }
  const parsed = runSchema.safeParse(json)
  if (!parsed.success) {
    const { place, received, why } = firstIssue(parsed.error, json)
    throw new FacekpError({
      code: 'RUN_FORMAT',
      problem: `is no run that this version reads: ${place || 'it'}: ${why}`,
      file,
      received,
    })
  }
  return { ...parsed.data, config: parseTrainingConfig(parsed.data.config, { file, within: 'config' }) }
}

function cannotRead(file: string) {
  return (cause: Error): never => {
    throw new FacekpError({ code: 'RUN_FORMAT', problem: `cannot be read: ${cause.message}`, file, cause })
  }
}
