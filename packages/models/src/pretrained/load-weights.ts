import { existsSync } from 'node:fs'
import { FacekpError } from '@facekp/core'
import { checkPreprocessing } from '@facekp/tfjs-utils'
import { type NamedTensor, readTensors } from '@facekp/weights'
import { type FetchWeightsOptions, fetchWeights, readTensorFile } from '@facekp/weights/node'
import type * as tf from '@tensorflow/tfjs'
import { readStoredPreprocessing } from '../files/stored-preprocessing.ts'
import { adaptPreprocessing, type Preprocessing, setPreprocessing } from '../preprocessing.ts'
import { type AssignedWeights, assignWeights } from './assign-weights.ts'
import { WEIGHT_SOURCES, type WeightSource } from './weight-sources.ts'

/** What happened to each weight, and where they came from. */
export interface LoadedWeights extends AssignedWeights {
  /** File that was read; undefined if the source was bytes. */
  readonly file?: string
  /** License of the weights, if they were loaded by the name of a source. */
  readonly license?: string
}

/** How weights are loaded. */
export interface LoadWeightsOptions extends FetchWeightsOptions {
  /** Preprocessing that the weights were trained with; default that of a named source or a saved model, else the model's own is kept. */
  readonly preprocessing?: Preprocessing
}

/**
 * Loads pretrained weights into a model by their names, as {@link assignWeights} does, and stores their preprocessing in the model.
 *
 * @param source a name of `WEIGHT_SOURCES` or a URL, downloaded into the cache; the bytes of a safetensors or PyTorch file; or the path
 *   of such a file, of a `model.json` or of its folder
 * @param options download options such as `sha256`, and `preprocessing`. A named source and a saved model have their own, which is
 *   adapted to the channels of `model`: color to gray takes the averages, gray to color repeats the values
 * @throws FacekpError `MODEL_WEIGHTS_UNKNOWN` (neither a name nor a file), `MODEL_PREPROCESSING`, and what `fetchWeights`,
 *   `readTensorFile` and `assignWeights` throw. Without a network connection, the error says where to put the file
 * @example
 * ```ts
 * const { missingKeys, unexpectedKeys, license } = await loadWeights(model, 'torchvision/resnet18.imagenet1k_v1')
 * await loadWeights(model, 'runs/resnet18/best.pth')
 * ```
 */
export async function loadWeights(
  model: tf.LayersModel,
  source: string | URL | Uint8Array,
  { preprocessing, ...options }: LoadWeightsOptions = {},
): Promise<LoadedWeights> {
  if (preprocessing !== undefined) checkPreprocessing(preprocessing, model)
  const { tensors, file, license, ...content } = await readSource(source, options)
  let stored = preprocessing ?? content.preprocessing
  if (stored === undefined && file !== undefined) stored = await readStoredPreprocessing(file)
  const assigned = assignWeights(model, tensors, file)
  if (stored !== undefined) setAdaptedPreprocessing(model, stored)
  return { ...assigned, ...(file !== undefined && { file }), ...(license !== undefined && { license }) }
}

/** What a source of weights holds. */
interface SourceContent {
  readonly tensors: readonly NamedTensor[]
  readonly file?: string
  readonly license?: string
  readonly preprocessing?: Preprocessing
}

async function readSource(source: string | URL | Uint8Array, options: FetchWeightsOptions): Promise<SourceContent> {
  if (source instanceof Uint8Array) return { tensors: readTensors(source) }
  const named = WEIGHT_SOURCES.find(({ name }) => name === source)
  if (named) return readNamedSource(named, options)
  const isRemote = source instanceof URL || /^https?:\/\//.test(source)
  if (!isRemote && !existsSync(source)) throw unknownWeightsError(source)
  const file = isRemote ? await fetchWeights(source, options) : source
  return { tensors: await readTensorFile(file), file }
}

async function readNamedSource(
  { name, url, sha256, license, preprocessing }: WeightSource,
  options: FetchWeightsOptions,
): Promise<SourceContent> {
  const label = `${name} (${license})`
  const file = await fetchWeights(url, { label, ...(sha256 === undefined ? {} : { sha256 }), ...options })
  return { tensors: await readTensorFile(file), file, license, preprocessing }
}

/** Stores a preprocessing, adapted to the channels of a model that takes 1 or 3; others keep theirs. */
function setAdaptedPreprocessing(model: tf.LayersModel, preprocessing: Preprocessing): void {
  const channels = model.inputs[0]?.shape.at(-1)
  if (channels === 1 || channels === 3) setPreprocessing(model, adaptPreprocessing(preprocessing, channels))
}

function unknownWeightsError(source: string): FacekpError {
  return new FacekpError({
    code: 'MODEL_WEIGHTS_UNKNOWN',
    problem: 'unknown weights: neither a file nor the name of a source',
    expected: `a path, an https URL, or one of ${WEIGHT_SOURCES.map(({ name }) => name).join(', ')}`,
    received: source,
  })
}
