import * as tf from '@tensorflow/tfjs'

/** Of the picture's sides: what lies no farther from a point counts to its confidence. */
const NEAR = 1 / 20

/** Whether a layer of this name, or the weights of that name, are the centers that means are taken over: they are never learnt. */
export function holdsCenters(name: string): boolean {
  return /^(places|simcc_[xy]_place)($|[./])/.test(name)
}

/** 1 where a center is near a place along one axis, else 0. Shapes are those of one broadcast over the other. */
export function isNear(centers: tf.Tensor, places: tf.Tensor): tf.Tensor {
  return tf.sub(NEAR, centers.sub(places).abs()).step()
}
