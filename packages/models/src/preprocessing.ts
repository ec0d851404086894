import { checkArgument, FacekpError, type Image } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import {
  checkPreprocessing,
  getInputChannels,
  inputChannelsError,
  type Preprocessing,
  readPreprocessing,
} from '@facekp/tfjs-utils'
import type * as tfl from '@tensorflow/tfjs-layers'

export type { Preprocessing } from '@facekp/tfjs-utils'

/** Preprocessing of gray images to -0.5..0.5: the default of models with one channel. */
export const GRAY: Preprocessing = { channels: 1, mean: [0.5], std: [1] }

/** Preprocessing of the ImageNet weights of torchvision, timm and antialiased-cnns. */
export const IMAGENET: Preprocessing = { channels: 3, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }

/**
 * Reads the preprocessing that a model stores in its metadata.
 *
 * @returns the stored preprocessing; without one, the default, which converts bytes to -0.5..0.5 in each channel
 * @throws FacekpError `MODEL_PREPROCESSING` if the metadata is invalid or the model does not take 1 or 3 channels
 * @example
 * ```ts
 * const { mean, std } = getPreprocessing(noseNet()) // [0.5], [1]
 * ```
 */
export function getPreprocessing(model: tfl.LayersModel): Preprocessing {
  checkArgument(KINDS.model, model, 'model', 'getPreprocessing')
  const stored = readPreprocessing(model)
  if (stored) return stored
  const channels = getInputChannels(model)
  if (channels === 1 || channels === 3) return adaptPreprocessing(GRAY, channels)
  throw inputChannelsError(model, 'an image of 1 or 3 channels')
}

/**
 * Stores a preprocessing in the metadata of a model, beside its other metadata. `saveModel` and `model.save` write it.
 *
 * @throws FacekpError `MODEL_PREPROCESSING` if it is invalid or is for another number of channels
 * @example
 * ```ts
 * setPreprocessing(model, { channels: 1, mean: [0.45], std: [0.23] })
 * ```
 */
export function setPreprocessing(model: tfl.LayersModel, preprocessing: Preprocessing): void {
  checkArgument(KINDS.model, model, 'model', 'setPreprocessing')
  const { channels, mean, std } = checkPreprocessing(preprocessing, model)
  model.setUserDefinedMetadata({
    ...getMetadata(model),
    preprocessing: { channels, mean: [...mean], std: [...std] },
  })
}

/** Stores the default preprocessing, bytes to -0.5..0.5, in a model of 1 or 3 channels; leaves others without one. */
export function setDefaultPreprocessing(model: tfl.LayersModel): tfl.LayersModel {
  const channels = getInputChannels(model)
  if (channels === 1 || channels === 3) setPreprocessing(model, adaptPreprocessing(GRAY, channels))
  return model
}

/**
 * Adapts a preprocessing to another number of channels.
 *
 * Color to gray takes the averages of the channels' means and stds. That is what a first layer takes whose kernel was summed over its
 * channels: for a gray image in three equal channels the color network computes with each channel's own mean and std, which differ from
 * the averages by at most 0.043 and 0.003 for ImageNet. Gray to color repeats the values.
 */
export function adaptPreprocessing({ mean, std }: Preprocessing, channels: 1 | 3): Preprocessing {
  if (mean.length === channels) return { channels, mean, std }
  if (channels === 1) return { channels, mean: [average(mean)], std: [average(std)] }
  const repeat = (values: readonly number[]): number[] => Array.from({ length: channels }, () => values[0] as number)
  return { channels, mean: repeat(mean), std: repeat(std) }
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Copies all user-defined metadata, the preprocessing included. */
export function copyMetadata(from: tfl.LayersModel, to: tfl.LayersModel): tfl.LayersModel {
  const metadata = getMetadata(from)
  if (Object.keys(metadata).length > 0) to.setUserDefinedMetadata(JSON.parse(JSON.stringify(metadata)))
  return to
}

/**
 * Converts an image to the input of a model: bytes to (value / 255 - mean) / std; real numbers are unchanged.
 *
 * @returns [height, width, channels], row-major
 * @throws FacekpError `MODEL_PREPROCESSING` if the image has another number of channels
 */
export function preprocessImage({ data, channels }: Image, preprocessing: Preprocessing): Float32Array {
  if (data instanceof Float32Array) return data
  if (channels !== preprocessing.channels) {
    throw new FacekpError({
      code: 'MODEL_PREPROCESSING',
      problem: 'image has the wrong number of channels for the preprocessing',
      expected: `${preprocessing.channels}`,
      received: `${channels}`,
    })
  }
  const values = new Float32Array(data.length)
  for (let channel = 0; channel < channels; channel++) {
    const mean = preprocessing.mean[channel] as number
    const std = preprocessing.std[channel] as number
    for (let i = channel; i < data.length; i += channels) values[i] = ((data[i] as number) / 255 - mean) / std
  }
  return values
}

function getMetadata(model: tfl.LayersModel): Record<string, unknown> {
  return (model.getUserDefinedMetadata() ?? {}) as Record<string, unknown>
}
