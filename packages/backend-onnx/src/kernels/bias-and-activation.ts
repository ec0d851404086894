import { ACTIVATION_KERNELS } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs-core'
import type { OnnxBackend } from '../onnx-backend.ts'
import type { KernelAttributes } from './kernel.ts'

/** Adds the bias and applies the activation of a fused kernel; disposes of the product, also after an error. */
export function applyBiasAndActivation(
  backend: OnnxBackend,
  product: tf.TensorInfo,
  inputs: Readonly<Record<string, tf.TensorInfo | null | undefined>>,
  { activation, leakyreluAlpha }: KernelAttributes,
): tf.TensorInfo {
  const { bias, preluActivationWeights } = inputs
  let result = product
  const applyKernel = (kernelName: string, kernelInputs: Record<string, tf.TensorInfo>, attrs: object = {}): void => {
    const kernel = tf.getKernel(kernelName, 'onnx')
    const next = kernel.kernelFunc({
      inputs: kernelInputs as unknown as tf.NamedTensorInfoMap,
      attrs: attrs as tf.NamedAttrMap,
      backend,
    }) as tf.TensorInfo
    backend.disposeData(result.dataId)
    result = next
  }
  try {
    if (bias) applyKernel('Add', { a: result, b: bias })
    if (activation && activation !== 'linear') {
      const name = ACTIVATION_KERNELS[activation as string]
      if (!name) throw new Error(`Activation ${activation} has not been implemented for the onnx backend.`)
      if (name === 'Prelu') applyKernel(name, { x: result, alpha: preluActivationWeights as tf.TensorInfo })
      else applyKernel(name, { x: result }, name === 'LeakyRelu' ? { alpha: leakyreluAlpha } : {})
    }
  } catch (error) {
    backend.disposeData(result.dataId)
    throw error
  }
  return result
}
