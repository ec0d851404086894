import { type Dataset, FacekpError } from '@facekp/core'
import type { Head } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs'
import type { Batch } from '../data/batches.ts'

/** [height, width, channels] of the pictures that the model takes. */
export type InputShape = readonly [height: number, width: number, channels: number]

/**
 * What the model takes. Throws `MODEL_OUTPUT` where it does not give 2 N numbers for the N points of the data set, unless a head reads
 * its outputs, and `MODEL_INPUT` where it does not take one picture of a fixed size.
 */
export function checkModel(model: tf.LayersModel, dataset: Dataset, head?: Head): InputShape {
  const wanted = 2 * dataset.scheme.pointNames.length
  const output = model.outputs.length === 1 ? model.outputs[0]?.shape : undefined
  if (!head && (output?.length !== 2 || output[1] !== wanted)) {
    throw new FacekpError({
      code: 'MODEL_OUTPUT',
      problem: `the model does not fit scheme ${dataset.scheme.name}`,
      received: `outputs of shape ${JSON.stringify(model.outputs.map(({ shape }) => shape))}`,
      expected: `one of shape [null,${wanted}]: x and y of ${wanted / 2} points`,
    })
  }
  const input = model.inputs.length === 1 ? model.inputs[0]?.shape : undefined
  const sides = input?.slice(1)
  if (sides?.length !== 3 || sides.some((side) => side === null)) {
    throw new FacekpError({
      code: 'MODEL_INPUT',
      problem: 'the model does not take one picture of a fixed size',
      received: `inputs of shape ${JSON.stringify(model.inputs.map(({ shape }) => shape))}`,
      expected: 'one of shape [null,height,width,channels]',
    })
  }
  return sides as [number, number, number]
}

/** The batch's tensors, to be disposed of. Throws `IMAGE_SIZE` naming the first sample of another size than the model takes. */
export function tensorsOf(
  { samples, images, targets, targetWeights }: Batch,
  [height, width, channels]: InputShape,
): { images: tf.Tensor4D; target: tf.Tensor2D; targetWeights: tf.Tensor2D } {
  const odd = samples.find(
    ({ image }) => image.height !== height || image.width !== width || image.channels !== channels,
  )
  if (odd) {
    throw new FacekpError({
      code: 'IMAGE_SIZE',
      problem: `sample ${odd.id} is not of the size that the model takes`,
      received: `${odd.image.width} x ${odd.image.height} x ${odd.image.channels}`,
      expected: `${width} x ${height} x ${channels} (width, height, channels): resize the data set`,
    })
  }
  const points: [number, number] = [samples.length, targets.length / samples.length]
  return {
    images: tf.tensor4d(images, [samples.length, height, width, channels]),
    target: tf.tensor2d(targets, points),
    targetWeights: tf.tensor2d(targetWeights, points),
  }
}
