import * as tf from '@tensorflow/tfjs'

export type NetworkName = 'cnn' | 'resnet18' | 'resnet50'

export interface Network {
  readonly build: () => tf.LayersModel
  /** Of one picture: height, width, channels. */
  readonly shape: readonly [number, number, number]
}

/** Networks that engines are timed on, as PyTorch has them: [height, width, 1] to 2 outputs a point. */
export const NETWORKS: Readonly<Record<NetworkName, Network>> = {
  /** Three convolutions and two dense layers, for 60 x 80 and 15 points. */
  cnn: { build: cnn, shape: [60, 80, 1] },
  /** He et al. 2016, arXiv:1512.03385, as torchvision has it, for 240 x 240 and 68 points. */
  resnet18: { build: () => resnet(basicBlock, [2, 2, 2, 2]), shape: [240, 240, 1] },
  resnet50: { build: () => resnet(bottleneck, [3, 4, 6, 3]), shape: [240, 240, 1] },
}

function cnn(): tf.LayersModel {
  const conv = (filters: number): tf.layers.Layer =>
    tf.layers.conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu' })
  const pool = (): tf.layers.Layer => tf.layers.maxPooling2d({ poolSize: 2 })
  const input = tf.input({ shape: [60, 80, 1] })
  const layers = [
    ...[32, 64, 128].flatMap((filters) => [conv(filters), pool()]),
    tf.layers.flatten(),
    tf.layers.dense({ units: 256, activation: 'relu' }),
    tf.layers.dense({ units: 30 }),
  ]
  const output = layers.reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, input)
  return tf.model({ inputs: input, outputs: output })
}

type Block = (x: tf.SymbolicTensor, filters: number, strides: number) => tf.SymbolicTensor

function resnet(block: Block, blocks: readonly number[]): tf.LayersModel {
  const input = tf.input({ shape: [240, 240, 1] })
  let x = relu(normalized(conv(input, 64, 7, 2)))
  x = tf.layers.zeroPadding2d({ padding: 1 }).apply(x) as tf.SymbolicTensor
  x = tf.layers.maxPooling2d({ poolSize: 3, strides: 2 }).apply(x) as tf.SymbolicTensor
  for (const [stage, count] of blocks.entries()) {
    for (let i = 0; i < count; i++) x = block(x, 64 * 2 ** stage, i === 0 && stage > 0 ? 2 : 1)
  }
  x = tf.layers.globalAveragePooling2d({}).apply(x) as tf.SymbolicTensor
  return tf.model({ inputs: input, outputs: tf.layers.dense({ units: 136 }).apply(x) as tf.SymbolicTensor })
}

function basicBlock(x: tf.SymbolicTensor, filters: number, strides: number): tf.SymbolicTensor {
  const main = normalized(conv(relu(normalized(conv(x, filters, 3, strides))), filters, 3, 1))
  return joined(x, main, strides)
}

function bottleneck(x: tf.SymbolicTensor, filters: number, strides: number): tf.SymbolicTensor {
  const narrow = relu(normalized(conv(x, filters, 1, 1)))
  const main = normalized(conv(relu(normalized(conv(narrow, filters, 3, strides))), 4 * filters, 1, 1))
  return joined(x, main, strides)
}

/** The block's result and its input, brought to the same shape where they differ, and ReLU. */
function joined(x: tf.SymbolicTensor, main: tf.SymbolicTensor, strides: number): tf.SymbolicTensor {
  const channels = main.shape[3] as number
  const shortcut = x.shape[3] === channels ? x : normalized(conv(x, channels, 1, strides))
  return relu(tf.layers.add().apply([main, shortcut]) as tf.SymbolicTensor)
}

function conv(x: tf.SymbolicTensor, filters: number, kernelSize: number, strides: number): tf.SymbolicTensor {
  const pad = (kernelSize - 1) / 2
  const input = pad > 0 ? (tf.layers.zeroPadding2d({ padding: pad }).apply(x) as tf.SymbolicTensor) : x
  return tf.layers.conv2d({ filters, kernelSize, strides, useBias: false }).apply(input) as tf.SymbolicTensor
}

function normalized(x: tf.SymbolicTensor): tf.SymbolicTensor {
  return tf.layers.batchNormalization({ epsilon: 1e-5, momentum: 0.9 }).apply(x) as tf.SymbolicTensor
}

function relu(x: tf.SymbolicTensor): tf.SymbolicTensor {
  return tf.layers.reLU().apply(x) as tf.SymbolicTensor
}
