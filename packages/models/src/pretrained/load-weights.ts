import { existsSync } from 'node:fs'
import { FacekpError } from '@facekp/core'
import { type NamedTensor, readTensors } from '@facekp/weights'
import { type FetchWeightsOptions, fetchWeights, readTensorFile } from '@facekp/weights/node'
import type * as tf from '@tensorflow/tfjs'
import { adaptPreprocessing, checkPreprocessing, type Preprocessing, setPreprocessing } from '../preprocessing.ts'
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
  /** Preprocessing that the weights were trained with; default that of a named source, else the model's own is kept. */
  readonly preprocessing?: Preprocessing
}

/**
 * Loads pretrained weights into a model by their names, as {@link assignWeights} does, and stores their preprocessing in the model.
 *
 * @param source a name of `WEIGHT_SOURCES` or a URL, downloaded into the cache; the bytes of a safetensors or PyTorch file; or the path
 *   of such a file, of a `model.json` or of its folder
 * @param options download options such as `sha256`, and `preprocessing`. A named source has its own, for a model of one channel the
 *   averages over its channels
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
  const named = WEIGHT_SOURCES.find(({ name }) => name === source)
  const loaded = await loadSource(model, named ?? source, options)
  if (preprocessing !== undefined) setPreprocessing(model, preprocessing)
  else if (named) setSourcePreprocessing(model, named)
  return loaded
}

async function loadSource(
  model: tf.LayersModel,
  source: string | URL | Uint8Array | WeightSource,
  options: FetchWeightsOptions,
): Promise<LoadedWeights> {
  if (source instanceof Uint8Array) return assignWeights(model, readTensors(source))
  if (typeof source === 'object' && 'license' in source) {
    const { name, url, sha256, license } = source
    const label = `${name} (${license})`
    const file = await fetchWeights(url, { label, ...(sha256 === undefined ? {} : { sha256 }), ...options })
    return { ...assignTensors(model, await readTensorFile(file), file), license }
  }
  const isRemote = source instanceof URL || /^https?:\/\//.test(source)
  if (!isRemote && !existsSync(source)) throw unknownWeightsError(source)
  const file = isRemote ? await fetchWeights(source, options) : source
  return assignTensors(model, await readTensorFile(file), file)
}

function assignTensors(model: tf.LayersModel, tensors: readonly NamedTensor[], file: string): LoadedWeights {
  return { ...assignWeights(model, tensors, file), file }
}

/** Stores the preprocessing of a source, adapted to the channels of a model that takes 1 or 3. */
function setSourcePreprocessing(model: tf.LayersModel, { preprocessing }: WeightSource): void {
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
