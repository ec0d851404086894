import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { checkArgument, FacekpError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { parseOptions } from '@facekp/options'
import { checkPreprocessing } from '@facekp/tfjs-utils'
import { type ReadOptions, readWeights, type WeightsContent } from '@facekp/weights'
import { type FetchWeightsOptions, fetchWeights, readWeightsFile } from '@facekp/weights/node'
import type * as tfl from '@tensorflow/tfjs-layers'
import * as z from 'zod/mini'
import { readStoredPreprocessing } from '../files/stored-preprocessing.ts'
import { adaptPreprocessing, type Preprocessing, setPreprocessing } from '../preprocessing.ts'
import { type AssignedWeights, assignWeights } from './assign-weights.ts'
import { WEIGHT_SOURCES, type WeightSource } from './weight-sources.ts'

/** The result for each weight, the source, and what was chosen and skipped in the source. */
export interface LoadedWeights extends AssignedWeights, Omit<WeightsContent, 'tensors'> {
  /** File that was read; undefined if the source was bytes. */
  readonly file?: string
  /** License of the weights, if they were loaded by the name of a source. */
  readonly license?: string
}

/** How weights are loaded. */
export interface LoadWeightsOptions extends FetchWeightsOptions, Omit<ReadOptions, 'file'> {
  /** Preprocessing that the weights were trained with (default: that of a named source or a saved model, else the model's own). */
  readonly preprocessing?: Preprocessing
}

const unchecked = z.optional(z.unknown())
/** Names of the options; their values are checked by the functions that use them. */
const optionsSchema = z.strictObject({
  key: unchecked,
  prefix: unchecked,
  ema: unchecked,
  preprocessing: unchecked,
  file: unchecked,
  sha256: unchecked,
  label: unchecked,
  signal: unchecked,
  stream: unchecked,
  retryDelayMs: unchecked,
})

/**
 * Loads pretrained weights into a model by their names, as {@link assignWeights} does, and stores their preprocessing in the model.
 *
 * @param source a name of `WEIGHT_SOURCES` or a URL, downloaded into the cache; the bytes of a safetensors or PyTorch file; or the path
 *   or `file:` URL of such a file, of a `model.json`, of an index of Hugging Face, or of a folder with one of them
 * @param options which tensors are read: `key`, `prefix`, `ema`; how they are downloaded: `sha256` and others; and `preprocessing`. A
 *   named source and a saved model have their own preprocessing, which is adapted to the channels of `model`: color to gray takes the
 *   averages, gray to color repeats the values
 * @throws FacekpError `MODEL_OPTIONS`, `MODEL_WEIGHTS_UNKNOWN` (neither a name nor a file), `MODEL_PREPROCESSING`, and what `fetchWeights`,
 *   `readWeightsFile` and `assignWeights` throw. Without a network connection, the error says where to put the file
 * @example
 * ```ts
 * const { missingKeys, unexpectedKeys, license } = await loadWeights(model, 'torchvision/resnet18.imagenet1k_v1')
 * const { key, prefix, skipped } = await loadWeights(model, 'runs/resnet18/best.pth', { ema: true })
 * ```
 */
export async function loadWeights(
  model: tfl.LayersModel,
  source: string | URL | Uint8Array,
  options: LoadWeightsOptions = {},
): Promise<LoadedWeights> {
  checkArgument(KINDS.model, model, 'model', 'loadWeights')
  checkArgument(KINDS.weights, source, 'source', 'loadWeights')
  parseOptions({ schema: optionsSchema, value: options, code: 'MODEL_OPTIONS', name: 'loadWeights' })
  const { preprocessing } = options
  if (preprocessing !== undefined) checkPreprocessing(preprocessing, model)
  const { content, file, license, ...named } = await readSource(source, options)
  let stored = preprocessing ?? named.preprocessing
  if (stored === undefined && file !== undefined) stored = await readStoredPreprocessing(file)
  const { tensors, ...report } = content
  const assigned = assignWeights(model, tensors, file)
  if (stored !== undefined) setAdaptedPreprocessing(model, stored)
  return { ...assigned, ...report, ...(file !== undefined && { file }), ...(license !== undefined && { license }) }
}

/** Content of a source of weights. */
interface SourceContent {
  readonly content: WeightsContent
  readonly file?: string
  readonly license?: string
  readonly preprocessing?: Preprocessing
}

async function readSource(
  source: string | URL | Uint8Array,
  { key, prefix, ema, preprocessing: _, ...fetchOptions }: LoadWeightsOptions,
): Promise<SourceContent> {
  const choice = {
    ...(key !== undefined && { key }),
    ...(prefix !== undefined && { prefix }),
    ...(ema !== undefined && { ema }),
  }
  if (source instanceof Uint8Array) return { content: readWeights(source, choice) }
  const named = WEIGHT_SOURCES.find(({ name }) => name === source)
  if (named) {
    const { license, preprocessing } = named
    const file = await fetchSource(named, fetchOptions)
    return { content: await readWeightsFile(file, choice), file, license, preprocessing }
  }
  const isRemote = /^https?:\/\//.test(String(source))
  const path = isRemote ? await fetchWeights(source, fetchOptions) : toPath(source)
  if (!existsSync(path)) throw unknownWeightsError(path)
  return { content: await readWeightsFile(path, choice), file: path }
}

function toPath(source: string | URL): string {
  return String(source).startsWith('file:') ? fileURLToPath(source) : String(source)
}

function fetchSource({ name, url, sha256, license }: WeightSource, options: FetchWeightsOptions): Promise<string> {
  return fetchWeights(url, { label: `${name} (${license})`, ...(sha256 !== undefined && { sha256 }), ...options })
}

/** Stores a preprocessing, adapted to the channels of a model that takes 1 or 3; others keep theirs. */
function setAdaptedPreprocessing(model: tfl.LayersModel, preprocessing: Preprocessing): void {
  const channels = model.inputs[0]?.shape.at(-1)
  if (channels === 1 || channels === 3) setPreprocessing(model, adaptPreprocessing(preprocessing, channels))
}

function unknownWeightsError(source: string): FacekpError {
  return new FacekpError({
    code: 'MODEL_WEIGHTS_UNKNOWN',
    problem: 'the weights are neither a file nor the name of a source',
    expected: `a path, an https URL, or one of ${WEIGHT_SOURCES.map(({ name }) => name).join(', ')}`,
    received: source,
  })
}
