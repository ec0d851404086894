import { adam } from '@facekp/trainer'
import * as tf from '@tensorflow/tfjs'

/**
 * Creates a function that trains a network by one step (squared error against random points, Adam) on images, [batch, height, width, 1],
 * and returns the loss.
 */
export function createTrainingStep(
  model: tf.LayersModel,
  batch: number,
  learningRate = 1e-4,
): (images: tf.Tensor) => Promise<number> {
  const outputs = (model.outputs[0] as tf.SymbolicTensor).shape[1] as number
  const points = tf.randomUniform([batch, outputs], 0, 1, 'float32', 2)
  const variables = model.trainableWeights.map((weight) => (weight as unknown as { readonly val: tf.Variable }).val)
  const optimizer = adam()
  return async (images) => {
    const { value, grads } = tf.variableGrads(
      () => tf.losses.meanSquaredError(points, model.apply(images, { training: true }) as tf.Tensor) as tf.Scalar,
      variables,
    )
    optimizer.apply(
      variables,
      variables.map(({ name }) => grads[name] as tf.Tensor),
      learningRate,
    )
    const [loss] = await value.data()
    tf.dispose([value, grads])
    return loss as number
  }
}
