import * as tf from '@tensorflow/tfjs'

/** Of the picture's sides: what lies no farther from a point counts to its confidence. */
const NEAR = 1 / 20

/** Whether a layer of this name, or the weights of that name, are the centres that means are taken over: they are never learnt. */
export function holdsCentres(name: string): boolean {
  return /^(places|simcc_[xy]_place)($|[./])/.test(name)
}

/** [cells]: where the centres of so many cells lie that part a side of the picture, 0..1. */
export function cellCentres(cells: number): tf.Tensor1D {
  return tf.range(0, cells).add(0.5).div(cells)
}

/** 1 where a centre is near a place along one axis, else 0. Shapes are those of one broadcast over the other. */
export function isNear(centres: tf.Tensor, places: tf.Tensor): tf.Tensor {
  return tf.sub(NEAR, centres.sub(places).abs()).step()
}
