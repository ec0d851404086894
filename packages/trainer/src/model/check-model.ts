import { type Dataset, FacekpError } from '@facekp/core'
import type { Head } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import type { Batch } from '../data/batches.ts'
import { explainDisposal } from './disposal.ts'
import type { InputShape } from './input-shape.ts'

/**
 * Checks that a model suits a dataset, and returns the shape of its input.
 *
 * @throws `MODEL_OUTPUT` unless the model outputs 2 N numbers for the N points of the dataset, or a head reads its outputs;
 * `MODEL_INPUT` unless its input is one image of a fixed size; `MODEL_DISPOSED` if its weights are freed
 */
export function checkModel(model: tfl.LayersModel, dataset: Dataset, head?: Head): InputShape {
  const disposal = explainDisposal(model)
  if (disposal) throw disposal
  const numbers = 2 * dataset.scheme.pointNames.length
  const output = model.outputs.length === 1 ? model.outputs[0]?.shape : undefined
  if (!head && (output?.length !== 2 || output[1] !== numbers)) {
    throw new FacekpError({
      code: 'MODEL_OUTPUT',
      problem: `the model does not output the points of scheme ${dataset.scheme.name}`,
      received: `outputs of shape ${JSON.stringify(model.outputs.map(({ shape }) => shape))}`,
      expected: `one output of shape [null,${numbers}], x and y of ${numbers / 2} points, or option head`,
    })
  }
  const input = model.inputs.length === 1 ? model.inputs[0]?.shape : undefined
  const sides = input?.slice(1)
  if (sides?.length !== 3 || sides.some((side) => side === null)) {
    throw new FacekpError({
      code: 'MODEL_INPUT',
      problem: 'the model does not take one image of a fixed size',
      received: `inputs of shape ${JSON.stringify(model.inputs.map(({ shape }) => shape))}`,
      expected: 'one input of shape [null,height,width,channels]',
    })
  }
  return sides as [number, number, number]
}

/** Tensors of a batch. */
export interface BatchTensors {
  readonly images: tf.Tensor4D
  readonly target: tf.Tensor2D
  readonly targetWeights: tf.Tensor2D
}

/** Creates the tensors of a batch. Throws `IMAGE_SIZE` naming the first sample of another size than the model takes. */
export function toTensors(
  { samples, images, imageShapes, targets, targetWeights }: Batch,
  inputShape: InputShape,
): BatchTensors {
  const [height, width, channels] = inputShape
  const mismatch = imageShapes.findIndex((shape) => shape.some((side, i) => side !== inputShape[i]))
  if (mismatch >= 0) {
    const [imageHeight, imageWidth, imageChannels] = imageShapes[mismatch] as InputShape
    throw new FacekpError({
      code: 'IMAGE_SIZE',
      problem: `sample ${samples[mismatch]?.id} does not have the input size of the model`,
      received: `${imageWidth} x ${imageHeight} x ${imageChannels}`,
      expected: `${width} x ${height} x ${channels} (width, height, channels): resize or convert the images`,
    })
  }
  const points: [number, number] = [samples.length, targets.length / samples.length]
  return {
    images: tf.tensor4d(images, [samples.length, height, width, channels]),
    target: tf.tensor2d(targets, points),
    targetWeights: tf.tensor2d(targetWeights, points),
  }
}
