import * as tf from '@tensorflow/tfjs'
import type { OnnxBackend } from '../onnx-backend.ts'
import type { KernelAttributes } from './kernel.ts'

const ACTIVATIONS: Readonly<Record<string, string>> = {
  relu: 'Relu',
  relu6: 'Relu6',
  elu: 'Elu',
  sigmoid: 'Sigmoid',
  leakyrelu: 'LeakyRelu',
  prelu: 'Prelu',
}

/** What TensorFlow.js' fused kernels do after their product: add a bias, apply an activation. The product is used up. */
export function applyBiasAndActivation(
  backend: OnnxBackend,
  product: tf.TensorInfo,
  inputs: Readonly<Record<string, tf.TensorInfo | null | undefined>>,
  { activation, leakyreluAlpha }: KernelAttributes,
): tf.TensorInfo {
  const { bias, preluActivationWeights } = inputs
  let result = product
  const then = (kernelName: string, kernelInputs: Record<string, tf.TensorInfo>, attrs: object = {}): void => {
    const kernel = tf.getKernel(kernelName, 'onnx')
    const next = kernel.kernelFunc({
      inputs: kernelInputs as unknown as tf.NamedTensorInfoMap,
      attrs: attrs as tf.NamedAttrMap,
      backend,
    }) as tf.TensorInfo
    backend.disposeData(result.dataId)
    result = next
  }
  if (bias) then('Add', { a: result, b: bias })
  if (activation && activation !== 'linear') {
    const name = ACTIVATIONS[activation as string]
    if (!name) throw new Error(`Activation ${activation} has not been implemented for the onnx backend.`)
    if (name === 'Prelu') then(name, { x: result, alpha: preluActivationWeights as tf.TensorInfo })
    else then(name, { x: result }, name === 'LeakyRelu' ? { alpha: leakyreluAlpha } : {})
  }
  return result
}
