import {
  type ArgumentKind,
  checkArgument,
  checkOptions,
  choiceKind,
  FacekpError,
  formatValue,
  optionsKind,
} from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { requireBackend } from '@facekp/tfjs-utils'
import type { NamedTensor } from '@facekp/weights'
import type * as tfl from '@tensorflow/tfjs-layers'
import type { HeadKind } from './heads/head.ts'
import { featureModel } from './inspect/feature-model.ts'
import { ANTIALIAS, type Antialias } from './networks/resnet-layers.ts'
import { adaptPreprocessing, type Preprocessing, setPreprocessing } from './preprocessing.ts'
import { type AssignedWeights, assignWeights } from './pretrained/assign-weights.ts'
import { type ModelEntry, type ModelInfo, type ModelName, REGISTRY, type ResolvedOptions } from './registry.ts'

const INPUT_SIZE: ArgumentKind<number | readonly [number, number]> = {
  expected: 'an integer of at least 1 or [height, width]',
  test: (value) =>
    KINDS.size.test(value) || (Array.isArray(value) && value.length === 2 && value.every(KINDS.size.test)),
}
const OPTIONS = optionsKind({
  inChannels: KINDS.size,
  numKeypoints: KINDS.size,
  inputSize: INPUT_SIZE,
  head: choiceKind(['coordinates', 'heatmaps', 'simcc', false]),
  antialias: ANTIALIAS,
  featuresOnly: KINDS.boolean,
  preprocessing: KINDS.any as ArgumentKind<Preprocessing>,
  seed: KINDS.seed,
})

/** Options of {@link createModel}. */
export interface CreateModelOptions {
  /** Channels of the images: 1 (default) for gray, 3 for color. */
  readonly inChannels?: number
  /** Number of points; {@link listModels} gives the default. */
  readonly numKeypoints?: number
  /** [height, width] of the images in pixels, or the side of square ones; {@link listModels} gives the default. */
  readonly inputSize?: number | readonly [number, number]
  /**
   * How points are predicted: as numbers, as the means of heatmaps of 1/4 of the image's size, or as the means of distributions along x
   * and y; {@link listModels} gives the default. False: no head, the output is the mean of each of the last maps.
   */
  readonly head?: HeadKind | false
  /** Blurs that anti-alias the strides (default false: none). */
  readonly antialias?: false | Antialias
  /** Whether the outputs are the maps of every stage, from fine to coarse, in place of the points (default false). */
  readonly featuresOnly?: boolean
  /** How bytes become the model's input; default that of the weights if it is known, else -0.5..0.5. */
  readonly preprocessing?: Preprocessing
  /** Seed of the weights, which are the same on every backend (default 0). */
  readonly seed?: number
}

/** A network with pretrained weights, and what happened to each weight. */
export interface PretrainedModel extends AssignedWeights {
  readonly model: tfl.LayersModel
}

/** Lists the networks and the properties of each. */
export function listModels(): ModelInfo[] {
  return REGISTRY.map(({ build: _, ...info }) => info)
}

/**
 * Makes a network by its name, as timm does.
 *
 * Input: [batch, height, width, inChannels]. Output: [batch, 2 numKeypoints], relative coordinates x0 y0 x1 y1 ..., that is
 * (x + 0.5) / width and (y + 0.5) / height.
 *
 * @param options `weights` are the tensors of a file, as `readTensors` of `@facekp/weights` returns them; `createModel` of
 *   `@facekp/models/node` takes a name, path or URL instead
 * @returns the network; with `weights`, `{ model }` and what {@link assignWeights} returns
 * @throws FacekpError `MODEL_UNKNOWN` if there is no network of this name, `MODEL_OPTIONS` if an option is invalid or not supported,
 *   `MODEL_PREPROCESSING`, `MODEL_BACKEND` if TensorFlow.js has no backend, and what {@link assignWeights} throws
 * @example
 * ```ts
 * const model = createModel('resnet50', { numKeypoints: 68, inputSize: 240, antialias: { filterSize: 4 } })
 * const simcc = createModel('resnet18', { head: 'simcc' }) // or 'heatmaps', for sides that are multiples of 32
 * const maps = createModel('resnet18', { featuresOnly: true }).predict(images) as tf.Tensor[] // 1/2, 1/4, 1/8, 1/16, 1/32
 * const { model: pretrained, missingKeys } = createModel('resnet18', { weights: readTensors(bytes) })
 * ```
 */
export function createModel(
  name: ModelName,
  options: CreateModelOptions & { readonly weights: readonly NamedTensor[] },
): PretrainedModel
export function createModel(name: ModelName, options?: CreateModelOptions): tfl.LayersModel
export function createModel(
  name: ModelName,
  createOptions: CreateModelOptions & { readonly weights?: readonly NamedTensor[] } = {},
): tfl.LayersModel | PretrainedModel {
  checkArgument(KINDS.object, createOptions, 'createOptions', 'createModel')
  const { weights, ...options } = createOptions
  if (weights === undefined) return buildModel(name, options)
  if (!Array.isArray(weights)) throw weightsTypeError(weights)
  const model = buildModel(name, options)
  try {
    return { model, ...assignWeights(model, weights) }
  } catch (error) {
    model.dispose()
    throw error
  }
}

function buildModel(name: ModelName, options: CreateModelOptions): tfl.LayersModel {
  const entry = REGISTRY.find((candidate) => candidate.name === name)
  if (!entry) throw unknownModelError(name)
  checkOptions(OPTIONS, options, { code: 'MODEL_OPTIONS', name })
  const { featuresOnly = false, preprocessing, seed = 0, inputSize, ...others } = options
  const parsed = { ...others, inputSize: typeof inputSize === 'number' ? [inputSize, inputSize] : inputSize }
  const defaults: Omit<ResolvedOptions, 'seed'> = {
    inChannels: entry.preprocessing.channels,
    numKeypoints: entry.numKeypoints,
    inputSize: entry.inputSize,
    head: entry.heads[0] as HeadKind,
    antialias: false,
  }
  for (const [option, value] of Object.entries(parsed)) {
    assertSupported(entry, option as keyof typeof defaults, value, defaults)
  }
  const specified = Object.fromEntries(Object.entries(parsed).filter(([, value]) => value !== undefined))
  const resolved = { ...defaults, ...specified, seed }
  requireBackend('MODEL_BACKEND')
  const model = entry.build(resolved)
  try {
    applyPreprocessing(model, resolved.inChannels, entry, preprocessing)
  } catch (error) {
    model.dispose()
    throw error
  }
  return featuresOnly ? takeFeatures(model, entry.features) : model
}

/** Makes a model of the outputs of some layers, and disposes of the layers that it does not need. */
function takeFeatures(model: tfl.LayersModel, names: readonly string[]): tfl.LayersModel {
  const features = featureModel(model, names)
  for (const layer of model.layers) if (!features.layers.includes(layer)) layer.dispose()
  return features
}

/** Stores the preprocessing of the options, else that of the registry for 1 or 3 channels. */
function applyPreprocessing(
  model: tfl.LayersModel,
  channels: number,
  entry: ModelEntry,
  preprocessing?: Preprocessing,
) {
  if (preprocessing !== undefined) setPreprocessing(model, preprocessing)
  else if (channels === 1 || channels === 3) setPreprocessing(model, adaptPreprocessing(entry.preprocessing, channels))
}

/** Throws if an option is not supported, unless its value is the fixed one. */
function assertSupported<Options extends object>(
  entry: ModelEntry,
  option: keyof Options & string,
  value: unknown,
  defaults: Options,
): void {
  if (value === undefined || (entry.supportedOptions as readonly string[]).includes(option)) return
  const allowed: readonly unknown[] = option === 'head' ? entry.heads : [defaults[option]]
  if (allowed.some((candidate) => JSON.stringify(candidate) === JSON.stringify(value))) return
  throw new FacekpError({
    code: 'MODEL_OPTIONS',
    problem: `option ${option} of ${entry.name} cannot have this value`,
    expected: allowed.map((candidate) => formatValue(candidate)).join(' or '),
    received: formatValue(value),
  })
}

function unknownModelError(name: unknown): FacekpError {
  return new FacekpError({
    code: 'MODEL_UNKNOWN',
    problem: 'unknown network',
    expected: `one of ${REGISTRY.map((entry) => entry.name).join(', ')}`,
    received: typeof name === 'string' ? name : formatValue(name),
  })
}

function weightsTypeError(weights: unknown): FacekpError {
  return new FacekpError({
    code: 'MODEL_OPTIONS',
    problem: 'option weights is not an array of tensors',
    expected:
      'the result of readTensors of @facekp/weights; createModel of @facekp/models/node takes a name, a path or a URL',
    received: typeof weights === 'string' ? JSON.stringify(weights) : typeof weights,
  })
}
