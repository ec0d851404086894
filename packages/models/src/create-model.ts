import { FacekpError } from '@facekp/core'
import type { NamedTensor } from '@facekp/weights'
import type * as tf from '@tensorflow/tfjs'
import { z } from 'zod'
import { type AssignedWeights, assignWeights } from './assign-weights.ts'
import { checkedOptions } from './checked-options.ts'
import { featureModel } from './features.ts'
import type { HeadKind } from './heads/head.ts'
import { type ModelEntry, type ModelInfo, type ModelName, REGISTRY } from './registry.ts'
import type { Antialias } from './resnet.ts'

const positive = z.number().int().positive()

const optionsSchema = z.strictObject({
  inChannels: positive.optional(),
  numKeypoints: positive.optional(),
  inputSize: z
    .union([positive.transform((side): [number, number] => [side, side]), z.tuple([positive, positive])])
    .optional(),
  head: z.literal(['coordinates', 'heatmaps', 'simcc', false]).optional(),
  antialias: z.union([z.literal(false), z.record(z.string(), z.unknown())]).optional(),
  features: z.boolean().default(false),
  seed: z.number().int().default(0),
})

export interface CreateModelOptions {
  /** Of the pictures, default 1: gray. */
  readonly inChannels?: number
  /** Default what {@link listModels} tells. */
  readonly numKeypoints?: number
  /** A side, or [height, width]; default what {@link listModels} tells. */
  readonly inputSize?: number | readonly [number, number]
  /**
   * How points are told: as numbers, as the means of maps of a quarter of the picture's size, or as those of distributions along x and
   * along y; default what {@link listModels} tells first. {@link getHead} gives what stands behind them. False: none, the network ends
   * with the mean of each of its last maps.
   */
  readonly head?: HeadKind | false
  /** How strides are anti-aliased; default false. */
  readonly antialias?: false | Antialias
  /** True gives the maps of every stage in place of the points: outputs from fine to coarse. */
  readonly featuresOnly?: boolean
  /** Weights of the same seed are the same on every backend (default 0). */
  readonly seed?: number
}

/** A network that was made with weights from elsewhere, and what became of each of them. */
export interface PretrainedModel extends AssignedWeights {
  readonly model: tf.LayersModel
}

/** What networks there are, and what is to be known of each before it is made. */
export function listModels(): ModelInfo[] {
  return REGISTRY.map(({ build: _, ...info }) => info)
}

/**
 * Makes a network by its name, as timm does. Its output is [batch, 2 numKeypoints], relative coordinates x0 y0 x1 y1 ..., that is
 * (x + 0.5) / width and (y + 0.5) / height; of pictures [batch, height, width, inChannels].
 *
 * `weights` are the tensors of a file that was read, such as `readTensors` of `@facekp/weights` gives. With them, the network comes
 * beside what became of each weight, as {@link assignWeights} tells it. `createModel` of `@facekp/models/node` takes their name, file or
 * address.
 *
 * Throws `MODEL_UNKNOWN` for another name, `MODEL_OPTIONS` for options out of range or that the network does not take, and what
 * {@link assignWeights} throws.
 *
 * @example
 * ```ts
 * const model = createModel('resnet50', { numKeypoints: 68, inputSize: 240, antialias: { filterSize: 4 } })
 * const simcc = createModel('resnet18', { head: 'simcc' }) // or 'heatmaps', for sides that are multiples of 32
 * const maps = createModel('resnet18', { features: true }).predict(images) as tf.Tensor[] // 1/2, 1/4, 1/8, 1/16, 1/32
 * const { model: pretrained, missing } = createModel('resnet18', { weights: readTensors(bytes) })
 * ```
 */
export function createModel(
  name: ModelName,
  options: CreateModelOptions & { readonly weights: readonly NamedTensor[] },
): PretrainedModel
export function createModel(name: ModelName, options?: CreateModelOptions): tf.LayersModel
export function createModel(
  name: ModelName,
  { weights, ...options }: CreateModelOptions & { readonly weights?: readonly NamedTensor[] } = {},
): tf.LayersModel | PretrainedModel {
  if (weights === undefined) return buildModel(name, options)
  if (!Array.isArray(weights)) throw notRead(weights)
  const model = buildModel(name, options)
  try {
    return { model, ...assignWeights(model, weights) }
  } catch (error) {
    model.dispose()
    throw error
  }
}

function buildModel(name: ModelName, options: CreateModelOptions): tf.LayersModel {
  const entry = REGISTRY.find((one) => one.name === name)
  if (!entry) {
    throw new FacekpError({
      code: 'MODEL_UNKNOWN',
      problem: 'there is no such network',
      received: String(name),
      expected: `one of ${REGISTRY.map((one) => one.name).join(', ')}`,
    })
  }
  const { features, seed, ...told } = checkedOptions(name, optionsSchema, options)
  const usual = {
    inChannels: 1,
    numKeypoints: entry.numKeypoints,
    inputSize: entry.inputSize,
    head: entry.heads[0] as HeadKind,
    antialias: false as const,
  }
  for (const [option, value] of Object.entries(told)) checkTaken(entry, option as keyof typeof usual, value, usual)
  const given = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined))
  const model = entry.build({ ...usual, ...given, seed })
  return features ? featureModel(model, entry.features) : model
}

/** A network that does not take an option may be told the one value that it has. */
function checkTaken<Usual extends object>(
  entry: ModelEntry,
  option: keyof Usual & string,
  value: unknown,
  usual: Usual,
) {
  if (value === undefined || (entry.supportedOptions as readonly string[]).includes(option)) return
  const known: readonly unknown[] = option === 'head' ? entry.heads : [usual[option]]
  if (known.some((one) => JSON.stringify(one) === JSON.stringify(value))) return
  throw new FacekpError({
    code: 'MODEL_OPTIONS',
    problem: `${entry.name} has no such ${option}`,
    received: JSON.stringify(value),
    expected: known.map((one) => JSON.stringify(one)).join(' or '),
  })
}

function notRead(weights: unknown): FacekpError {
  return new FacekpError({
    code: 'MODEL_OPTIONS',
    problem: 'weights are no tensors',
    received: typeof weights === 'string' ? JSON.stringify(weights) : typeof weights,
    expected:
      'what readTensors of @facekp/weights gives; createModel of @facekp/models/node takes a name, a file or an address',
  })
}
