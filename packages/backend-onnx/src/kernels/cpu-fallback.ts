import { FacekpError } from '@facekp/core'
import * as tf from '@tensorflow/tfjs-core'
import type { OnnxBackend } from '../onnx-backend.ts'
import type { KernelAttributes } from './kernel.ts'

type Inputs = Readonly<Record<string, tf.TensorInfo | readonly tf.TensorInfo[] | null | undefined>>

/** The part of backend cpu that is used here beside the interface of all backends. */
interface CpuBackend extends tf.KernelBackend {
  readonly data: { get(dataId: object): { readonly complexTensorInfos?: { real: tf.TensorInfo; imag: tf.TensorInfo } } }
}

/** Computes a kernel on backend cpu, on copies of its inputs. */
export function cpuFallback(
  backend: OnnxBackend,
  kernelName: string,
  inputs: Inputs,
  attributes: KernelAttributes,
): tf.TensorInfo | tf.TensorInfo[] {
  const cpu = tf.engine().findBackend('cpu') as CpuBackend
  const temporaries: tf.TensorInfo[] = []
  const target = { backend, cpu, kernelName, temporaries }
  const copyInput = (input: Inputs[string]): unknown => {
    if (!input) return input
    return Array.isArray(input)
      ? input.map((tensor) => copyToCpu(target, tensor))
      : copyToCpu(target, input as tf.TensorInfo)
  }
  try {
    const cpuInputs = Array.isArray(inputs)
      ? inputs.map(copyInput)
      : Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, copyInput(input)]))
    const outcome = runKernel(cpu, kernelName, cpuInputs, attributes)
    const cpuResults = [outcome].flat()
    temporaries.push(...cpuResults)
    const results = cpuResults.map((result) => copyFromCpu(backend, cpu, result))
    return Array.isArray(outcome) ? results : (results[0] as tf.TensorInfo)
  } finally {
    for (const { dataId } of new Set(temporaries)) if (cpu.refCount(dataId) > 0) cpu.disposeData(dataId)
  }
}

function runKernel(cpu: CpuBackend, name: string, inputs: object, attributes: object): tf.TensorInfo | tf.TensorInfo[] {
  return tf.getKernel(name, 'cpu').kernelFunc({
    inputs: inputs as tf.NamedTensorInfoMap,
    attrs: attributes as tf.NamedAttrMap,
    backend: cpu,
  })
}

interface CopyTarget {
  readonly backend: OnnxBackend
  readonly cpu: CpuBackend
  /** Named in errors. */
  readonly kernelName: string
  /** Tensors of backend cpu that are disposed of when the kernel has run or failed. */
  readonly temporaries: tf.TensorInfo[]
}

/** Copies a tensor of backend onnx to backend cpu. */
function copyToCpu(target: CopyTarget, tensor: tf.TensorInfo): tf.TensorInfo {
  const { backend, cpu, temporaries } = target
  const { dataId, shape, dtype } = tensor
  const parts = dtype === 'complex64' ? backend.getComplexParts(dataId) : undefined
  let copy: tf.TensorInfo
  if (parts) {
    const real = copyToCpu(target, { ...parts.real, shape })
    const imag = copyToCpu(target, { ...parts.imag, shape })
    copy = runKernel(cpu, 'Complex', { real, imag }, {}) as tf.TensorInfo
  } else {
    // Some kernels of backend cpu read the rank, which tensors have and tensor infos do not.
    const info = { dataId: cpu.write(readInput(target, dataId), shape, dtype), shape, dtype, rank: shape.length }
    copy = info
  }
  temporaries.push(copy)
  return copy
}

function readInput({ backend, kernelName }: CopyTarget, dataId: object): tf.BackendValues {
  try {
    return backend.readSync(dataId)
  } catch (cause) {
    if (cause instanceof FacekpError) throw cause
    throw new Error(`${kernelName}, which backend cpu computes: ${(cause as Error).message}`, { cause })
  }
}

/** Copies a result of backend cpu to backend onnx. */
function copyFromCpu(backend: OnnxBackend, cpu: CpuBackend, { dataId, shape, dtype }: tf.TensorInfo): tf.TensorInfo {
  const parts = dtype === 'complex64' ? cpu.data.get(dataId).complexTensorInfos : undefined
  if (!parts) return { dataId: backend.write(cpu.readSync(dataId), shape, dtype), shape, dtype }
  const real = copyFromCpu(backend, cpu, { ...parts.real, shape })
  const imag = copyFromCpu(backend, cpu, { ...parts.imag, shape })
  const complex = backend.makeComplex(real, imag)
  backend.disposeData(real.dataId)
  backend.disposeData(imag.dataId)
  return complex
}
