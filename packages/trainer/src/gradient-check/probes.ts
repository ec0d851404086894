import * as tf from '@tensorflow/tfjs-core'

/** Operations whose result and gradients are known. */
export interface GradientProbe {
  /** Names of the operations, for an error. */
  readonly name: string
  readonly inputShapes: readonly (readonly number[])[]
  readonly outputShape: readonly number[]
  readonly compute: (inputs: readonly tf.Tensor[]) => tf.Tensor
  /** Checksums of the result and of the gradient by each input, as PyTorch computes them (`probes.golden.py`). */
  readonly checksums: readonly number[]
}

const IMAGE = [1, 4, 4, 2]

/** Gradients that networks and losses are made of. The tensors are small: all probes take some milliseconds on a CPU. */
export const PROBES: readonly GradientProbe[] = [
  {
    name: 'conv2d',
    inputShapes: [IMAGE, [3, 3, 2, 2]],
    outputShape: [1, 2, 2, 2],
    compute: ([x, w]) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 'same'),
    checksums: [2.096674, 16.869583, 6.140841],
  },
  {
    name: 'depthwiseConv2d',
    inputShapes: [IMAGE, [3, 3, 2, 1]],
    outputShape: [1, 4, 4, 2],
    compute: ([x, w]) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'),
    checksums: [54.692643, 64.303879, 225.687674],
  },
  {
    name: 'matMul',
    inputShapes: [
      [2, 3],
      [3, 2],
    ],
    outputShape: [2, 2],
    compute: ([a, b]) => tf.matMul(a as tf.Tensor, b as tf.Tensor),
    checksums: [1.786418, 4.275316, 1.984651],
  },
  {
    name: 'batchNorm',
    inputShapes: [IMAGE, [2], [2]],
    outputShape: [1, 4, 4, 2],
    compute: ([x, offset, scale]) => normalizeByBatch(x as tf.Tensor4D, offset as tf.Tensor1D, scale as tf.Tensor1D),
    checksums: [29.42548, 14.19161, 0.851482, 28.868683],
  },
  {
    name: 'maxPool',
    inputShapes: [IMAGE],
    outputShape: [1, 2, 2, 2],
    compute: ([x]) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'valid'),
    checksums: [7.621306, 3.822934],
  },
  {
    name: 'avgPool',
    inputShapes: [IMAGE],
    outputShape: [1, 2, 2, 2],
    compute: ([x]) => tf.avgPool(x as tf.Tensor4D, 2, 2, 'valid'),
    checksums: [-0.139154, 0.389332],
  },
  {
    name: 'relu',
    inputShapes: [IMAGE],
    outputShape: [1, 4, 4, 2],
    compute: ([x]) => tf.relu(x as tf.Tensor),
    checksums: [8.328434, 9.185277],
  },
  {
    name: 'prelu',
    inputShapes: [IMAGE, [2]],
    outputShape: [1, 4, 4, 2],
    compute: ([x, alpha]) => tf.prelu(x as tf.Tensor, alpha as tf.Tensor),
    checksums: [11.380095, 12.114021, 4.466189],
  },
  {
    name: 'softmax',
    inputShapes: [[2, 3]],
    outputShape: [2, 3],
    compute: ([x]) => tf.softmax(x as tf.Tensor),
    checksums: [0.849503, 0.442561],
  },
  {
    name: 'log, exp, sqrt and abs',
    inputShapes: [[2, 3]],
    outputShape: [2, 3],
    compute: ([x]) =>
      tf.add(
        tf.add(tf.log(tf.add(tf.abs(x as tf.Tensor), 1)), tf.sqrt(tf.add(tf.square(x as tf.Tensor), 1))),
        tf.exp(x as tf.Tensor),
      ),
    checksums: [62.186625, 19.850751],
  },
  {
    name: 'mean of squares',
    inputShapes: [IMAGE],
    outputShape: [1, 2],
    compute: ([x]) => tf.mean(tf.square(x as tf.Tensor), [1, 2]),
    checksums: [1.259753, 0.264549],
  },
  {
    name: 'mul and sum',
    inputShapes: [IMAGE, [2]],
    outputShape: [4, 4],
    compute: ([x, b]) => tf.sum(tf.mul(x as tf.Tensor, b as tf.Tensor), [0, 3]),
    checksums: [7.635135, 0.316157, -0.004797],
  },
  {
    name: 'concat, slice and transpose',
    inputShapes: [
      [2, 3],
      [2, 3],
    ],
    outputShape: [4, 2],
    compute: ([a, b]) => tf.transpose(tf.slice(tf.concat([a as tf.Tensor, b as tf.Tensor], 1), [0, 1], [2, 4])),
    checksums: [5.008379, 1.166496, 1.848687],
  },
  {
    name: 'mirrorPad',
    inputShapes: [[2, 3]],
    outputShape: [4, 6],
    compute: ([x]) =>
      tf.mirrorPad(
        x as tf.Tensor,
        [
          [1, 1],
          [2, 1],
        ],
        'reflect',
      ),
    checksums: [12.139772, 7.455671],
  },
  {
    name: 'resizeNearestNeighbor',
    inputShapes: [IMAGE],
    outputShape: [1, 8, 8, 2],
    compute: ([x]) => tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [8, 8]),
    checksums: [58.503774, 1.074489],
  },
  {
    name: 'resizeBilinear',
    inputShapes: [IMAGE],
    outputShape: [1, 7, 7, 2],
    compute: ([x]) => tf.image.resizeBilinear(x as tf.Tensor4D, [7, 7], true),
    checksums: [34.548851, 3.428815],
  },
  {
    name: 'addN',
    inputShapes: [[2, 3]],
    outputShape: [2, 3],
    compute: ([x]) => tf.addN(Array.from({ length: 12 }, (_, i) => tf.mul(x as tf.Tensor, i + 1))),
    checksums: [16287.738451, 20361.435442],
  },
]

function normalizeByBatch(x: tf.Tensor4D, offset: tf.Tensor1D, scale: tf.Tensor1D): tf.Tensor {
  const { mean, variance } = tf.moments(x, [0, 1, 2])
  return tf.batchNorm(x, mean as tf.Tensor1D, variance as tf.Tensor1D, offset, scale, 0.1)
}
