import type * as tf from '@tensorflow/tfjs-core'
import type { OnnxBackend } from '../onnx-backend.ts'

/** A kernel that the backend computes itself. */
export interface Kernel {
  readonly name: string
  /** Tests whether the kernel computes these inputs; otherwise backend cpu does. */
  readonly supports: (inputs: readonly tf.TensorInfo[], attributes: KernelAttributes) => boolean
  readonly record: (
    backend: OnnxBackend,
    inputs: Readonly<Record<string, tf.TensorInfo>>,
    attributes: KernelAttributes,
  ) => tf.TensorInfo | tf.TensorInfo[]
}

// biome-ignore lint/suspicious/noExplicitAny: each kernel knows its own attributes; TensorFlow.js checked them.
export type KernelAttributes = Readonly<Record<string, any>>

const isNotEmpty = (input: tf.TensorInfo): boolean => !input.shape.includes(0)

/** Tests whether all inputs are floats and none is empty. */
export const areFloats = (inputs: readonly tf.TensorInfo[]): boolean =>
  inputs.every((input) => input.dtype === 'float32' && isNotEmpty(input))

/** Tests whether all inputs are floats or integers and none is empty. */
export const areFloatsOrIntegers = (inputs: readonly tf.TensorInfo[]): boolean =>
  inputs.every((input) => (input.dtype === 'float32' || input.dtype === 'int32') && isNotEmpty(input))

/** Tests whether all inputs are floats, integers or booleans and none is empty. */
export const areNumbers = (inputs: readonly tf.TensorInfo[]): boolean =>
  inputs.every((input) => input.dtype !== 'string' && input.dtype !== 'complex64' && isNotEmpty(input))
