import { createModel } from '@facekp/models'
import * as tf from '@tensorflow/tfjs'

export type NetworkName = 'cnn' | 'heatmapNet48' | 'resnet18' | 'resnet50'

export interface Network {
  readonly build: () => tf.LayersModel
  /** Of one image: height, width, channels. */
  readonly shape: readonly [number, number, number]
}

/** Networks to time, the same as in backends_pytorch.py: input [height, width, 1], two outputs per keypoint. */
export const NETWORKS: Readonly<Record<NetworkName, Network>> = {
  /** Three convolutions and two dense layers; 60 x 80 pixels, 15 keypoints. */
  cnn: { build: createCnn, shape: [60, 80, 1] },
  /** 128 x 128 pixels, 68 keypoints. */
  heatmapNet48: {
    build: () => createModel('heatmapNet48', { numKeypoints: 68, inputSize: [128, 128] }),
    shape: [128, 128, 1],
  },
  /** The ResNets of torchvision; 240 x 240 pixels, 68 keypoints. */
  resnet18: { build: () => createModel('resnet18'), shape: [240, 240, 1] },
  resnet50: { build: () => createModel('resnet50'), shape: [240, 240, 1] },
}

function createCnn(): tf.LayersModel {
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
