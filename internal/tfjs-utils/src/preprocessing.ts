import { checkOptions, choiceKind, FacekpError, formatValue, listKind, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type * as tfl from '@tensorflow/tfjs-layers'

/** How bytes become the numbers that a model takes: (value / 255 - mean) / std for each channel. */
export interface Preprocessing {
  /** Channels of the images: 1 for gray, 3 for color (RGB). */
  readonly channels: 1 | 3
  /** Per channel, in units of value / 255. */
  readonly mean: readonly number[]
  /** Per channel, in units of value / 255; above 0. */
  readonly std: readonly number[]
}

const PREPROCESSING = {
  ...objectKind({
    channels: choiceKind([1, 3]),
    mean: listKind(KINDS.number),
    std: listKind(KINDS.positive),
  }),
  isStrict: true,
}

/**
 * Reads the preprocessing that a model stores as `preprocessing` in its user-defined metadata.
 *
 * @returns undefined if the model stores none
 * @throws FacekpError `MODEL_PREPROCESSING` if it is invalid or is for another number of channels than the model takes
 */
export function readPreprocessing(model: tfl.LayersModel): Preprocessing | undefined {
  const { preprocessing } = (model.getUserDefinedMetadata() ?? {}) as { readonly preprocessing?: unknown }
  return preprocessing === undefined ? undefined : checkPreprocessing(preprocessing, model)
}

/**
 * Checks a preprocessing and that it has the model's number of channels.
 *
 * @throws FacekpError `MODEL_PREPROCESSING`
 */
export function checkPreprocessing(value: unknown, model: tfl.LayersModel): Preprocessing {
  const preprocessing = parsePreprocessing(value, `preprocessing of ${model.name}`)
  if (getInputChannels(model) === preprocessing.channels) return preprocessing
  throw inputChannelsError(model, `${preprocessing.channels}, as its preprocessing`)
}

/**
 * Parses a preprocessing, for any model.
 *
 * @param name what it belongs to, for errors
 * @throws FacekpError `MODEL_PREPROCESSING`
 */
export function parsePreprocessing(value: unknown, name: string): Preprocessing {
  const code = 'MODEL_PREPROCESSING'
  const preprocessing = value as Preprocessing
  checkOptions(PREPROCESSING, preprocessing, { code, name, noun: 'field' })
  const { channels, mean, std } = preprocessing
  if (mean.length === channels && std.length === channels) return { channels, mean, std }
  throw new FacekpError({
    code,
    problem: `fields of ${name}`,
    expected: 'one mean and one std per channel',
    received: formatValue(value),
  })
}

/** Returns the number of channels that a model takes. */
export function getInputChannels(model: tfl.LayersModel): number | null | undefined {
  return model.inputs[0]?.shape.at(-1)
}

/** Creates the error of a model that takes another number of channels than expected. */
export function inputChannelsError(model: tfl.LayersModel, expected: string): FacekpError {
  return new FacekpError({
    code: 'MODEL_PREPROCESSING',
    problem: `model ${model.name} has the wrong number of input channels`,
    expected,
    received: `${getInputChannels(model)}`,
  })
}
