import * as tf from '@tensorflow/tfjs'

/**
 * ResNet-18 as torchvision has it, for pictures of 240 x 240 x 1 and 68 points: what the training step is timed on.
 *
 * Source: He et al. 2016, arXiv:1512.03385.
 */
export function resnet18(): tf.LayersModel {
  const conv = (x: tf.SymbolicTensor, filters: number, kernelSize: number, strides: number): tf.SymbolicTensor => {
    const pad = (kernelSize - 1) / 2
    const input = pad > 0 ? (tf.layers.zeroPadding2d({ padding: pad }).apply(x) as tf.SymbolicTensor) : x
    return tf.layers.conv2d({ filters, kernelSize, strides, useBias: false }).apply(input) as tf.SymbolicTensor
  }
  const norm = (x: tf.SymbolicTensor): tf.SymbolicTensor =>
    tf.layers.batchNormalization({ epsilon: 1e-5, momentum: 0.9 }).apply(x) as tf.SymbolicTensor
  const relu = (x: tf.SymbolicTensor): tf.SymbolicTensor => tf.layers.reLU().apply(x) as tf.SymbolicTensor
  const block = (x: tf.SymbolicTensor, filters: number, strides: number): tf.SymbolicTensor => {
    const main = norm(conv(relu(norm(conv(x, filters, 3, strides))), filters, 3, 1))
    const shortcut = strides === 1 ? x : norm(conv(x, filters, 1, strides))
    return relu(tf.layers.add().apply([main, shortcut]) as tf.SymbolicTensor)
  }

  const input = tf.input({ shape: [240, 240, 1] })
  let x = relu(norm(conv(input, 64, 7, 2)))
  x = tf.layers.zeroPadding2d({ padding: 1 }).apply(x) as tf.SymbolicTensor
  x = tf.layers.maxPooling2d({ poolSize: 3, strides: 2 }).apply(x) as tf.SymbolicTensor
  for (const [stage, filters] of [64, 128, 256, 512].entries()) {
    x = block(block(x, filters, stage === 0 ? 1 : 2), filters, 1)
  }
  x = tf.layers.globalAveragePooling2d({}).apply(x) as tf.SymbolicTensor
  return tf.model({ inputs: input, outputs: tf.layers.dense({ units: 136 }).apply(x) as tf.SymbolicTensor })
}
