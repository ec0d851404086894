import { FacekpError } from '@facekp/core'
import * as tf from '@tensorflow/tfjs'
import type { OnnxBackend } from '../onnx-backend.ts'
import type { KernelAttributes } from './kernel.ts'

type Inputs = Readonly<Record<string, tf.TensorInfo | readonly tf.TensorInfo[] | null | undefined>>

/** What of backend cpu is used here, beside what all backends have. */
interface CpuBackend extends tf.KernelBackend {
  readonly data: { get(dataId: object): { readonly complexTensorInfos?: { real: tf.TensorInfo; imag: tf.TensorInfo } } }
  disposeIntermediateTensorInfo(tensor: tf.TensorInfo): void
}

/** Computes a kernel by backend cpu, on copies of its inputs. */
export function cpuFallback(
  backend: OnnxBackend,
  kernelName: string,
  inputs: Inputs,
  attributes: KernelAttributes,
): tf.TensorInfo | tf.TensorInfo[] {
  const cpu = tf.engine().findBackend('cpu') as CpuBackend
  const given: tf.TensorInfo[] = []
  const compute = (name: string, kernelInputs: object, attrs: object): tf.TensorInfo | tf.TensorInfo[] =>
    tf.getKernel(name, 'cpu').kernelFunc({
      inputs: kernelInputs as tf.NamedTensorInfoMap,
      attrs: attrs as tf.NamedAttrMap,
      backend: cpu,
    })
  const toNumbers = ({ dataId }: tf.TensorInfo): tf.BackendValues => {
    try {
      return backend.readSync(dataId)
    } catch (cause) {
      throw cause instanceof FacekpError
        ? cause
        : new Error(`${kernelName}, which backend cpu computes: ${(cause as Error).message}`, { cause })
    }
  }
  const toCpu = (tensor: tf.TensorInfo): tf.TensorInfo => {
    const { shape, dtype } = tensor
    const parts = dtype === 'complex64' ? backend.getComplexParts(tensor.dataId) : undefined
    // Some kernels of backend cpu ask for the rank, which whole tensors have.
    const copy: tf.TensorInfo & { readonly rank?: number } = parts
      ? (compute(
          'Complex',
          {
            real: toCpu({ ...parts.real, shape }),
            imag: toCpu({ ...parts.imag, shape }),
          },
          {},
        ) as tf.TensorInfo)
      : { dataId: cpu.write(toNumbers(tensor), shape, dtype), shape, dtype, rank: shape.length }
    given.push(copy)
    return copy
  }
  const fromCpu = (result: tf.TensorInfo): tf.TensorInfo => {
    const { shape, dtype } = result
    if (dtype === 'complex64') {
      const { real, imag } = cpu.data.get(result.dataId).complexTensorInfos as {
        real: tf.TensorInfo
        imag: tf.TensorInfo
      }
      const parts = [real, imag].map((part) => fromCpu({ ...part, shape })) as [tf.TensorInfo, tf.TensorInfo]
      const complex = backend.makeComplex(...parts)
      for (const { dataId } of parts) backend.disposeData(dataId)
      return complex
    }
    return { dataId: backend.write(cpu.readSync(result.dataId), shape, dtype), shape, dtype }
  }
  const convert = (input: Inputs[string]): unknown =>
    Array.isArray(input) ? input.map(toCpu) : input ? toCpu(input as tf.TensorInfo) : input
  const cpuInputs = Array.isArray(inputs)
    ? inputs.map(convert)
    : Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, convert(input)]))
  const results = compute(kernelName, cpuInputs, attributes)
  const all = [results].flat()
  const converted = all.map(fromCpu)
  for (const { dataId } of new Set([...all, ...given])) if (cpu.refCount(dataId) > 0) cpu.disposeData(dataId)
  return Array.isArray(results) ? converted : (converted[0] as tf.TensorInfo)
}
