import { createReplayer } from '@facekp/tfjs-utils/replay-kernel'
import type * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import type { BatchTensors } from '../model/check-model.ts'
import type { ResolvedSettings } from './training-settings.ts'

/** Runs the forward and backward pass of a step, without its JavaScript if the backend has recorded it. */
export interface StepReplay {
  readonly run: (batch: BatchTensors, compute: () => tf.Tensor[]) => tf.Tensor[]
  readonly dispose: () => void
}

/** Layers that do the same in each step: nothing random, and no class that is unknown here and may count its steps. */
const REPLAYABLE_LAYERS = new Set([
  'Activation',
  'Add',
  'AveragePooling2D',
  'BatchNormalization',
  'BlurPool2D',
  'Concatenate',
  'Conv2D',
  'Conv2DTranspose',
  'Cropping2D',
  'Dense',
  'DepthwiseConv2D',
  'ELU',
  'Flatten',
  'GlobalAveragePooling2D',
  'GlobalMaxPooling2D',
  'InputLayer',
  'LeakyReLU',
  'MaxBlurPool2D',
  'MaxPooling2D',
  'Multiply',
  'PReLU',
  'Permute',
  'ReLU',
  'Reshape',
  'SeparableConv2D',
  'Softmax',
  'UpSampling2D',
  'ZeroPadding2D',
])

interface ReplayOptions extends Pick<ResolvedSettings, 'batchSize'> {
  /** Layers of the network, those of nested models included. */
  readonly layers: readonly tfl.layers.Layer[]
  /** Variables of the network. */
  readonly variables: readonly tf.Variable[]
}

/**
 * Creates the replay of a training's steps. Absent if the backend has none (webgpu of `@facekp/backend` has), or if a layer may do
 * otherwise in a later step.
 */
export function createStepReplay({ layers, variables, batchSize }: ReplayOptions): StepReplay | undefined {
  if (!layers.every((layer) => REPLAYABLE_LAYERS.has(layer.getClassName()))) return undefined
  const replayer = createReplayer()
  if (!replayer) return undefined
  return {
    run({ images, target, targetWeights }, compute) {
      // A recording takes memory: the smaller batch at the end of an epoch is not worth another one.
      if (images.shape[0] !== batchSize) return compute()
      // Batch normalization reads it in each step.
      const key = layers.map(({ trainable }) => Number(trainable)).join('')
      return replayer.run({ key, inputs: [images, target, targetWeights], variables, compute })
    },
    dispose: () => replayer.dispose(),
  }
}
