import * as tf from '@tensorflow/tfjs-core'
import { copyBuffer, type DataId, flush, type GpuBackend, type GpuBuffer, type Program } from './gpu-backend.ts'
import type { RecordingBuffers } from './recording-buffers.ts'

/** A program that ran, and what it was bound to: its result, its inputs and its uniforms. */
export interface Command extends Program {
  readonly buffers: readonly GpuBuffer[]
}

/** A tensor that a computation returns. */
export interface Output extends Pick<tf.TensorInfo, 'shape' | 'dtype'> {
  readonly buffer: GpuBuffer
  /** Type of the numbers in the buffer: a tensor that was cast from integers may still be stored as integers. */
  readonly storedType: tf.DataType
}

/** A tensor that a computation assigns to a variable. */
export interface Assigned extends Output {
  /** Index of the variable. */
  readonly variable: number
}

export interface RecordedParts {
  readonly commands: readonly Command[]
  /** Buffers that the inputs are copied to, then the variables. */
  readonly inputs: readonly GpuBuffer[]
  readonly results: readonly Output[]
  readonly assigned: readonly Assigned[]
  /** Other tensors that programs read, and where: they are read again as long as they exist. */
  readonly captured: ReadonlyMap<DataId, GpuBuffer>
}

/** Programs between two submissions, so that the GPU begins before all is recorded. */
const PROGRAMS_PER_SUBMIT = 64

/** The programs of a computation, with buffers of their own. They can run again on other inputs of the same shapes. */
export class Recording {
  readonly #backend: GpuBackend
  readonly #buffers: RecordingBuffers
  readonly #parts: RecordedParts
  readonly #groups: readonly object[]

  constructor(backend: GpuBackend, buffers: RecordingBuffers, parts: RecordedParts) {
    this.#backend = backend
    this.#buffers = buffers
    this.#parts = parts
    this.#groups = parts.commands.map(({ pipeline, buffers }) =>
      backend.device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
      }),
    )
  }

  /** Tests whether the other tensors that the programs read still exist. */
  isValid(): boolean {
    const { tensorMap } = this.#backend
    return [...this.#parts.captured].every(([id, buffer]) => tensorMap.has(id) && tensorMap.get(id).resource === buffer)
  }

  /** Runs the programs on other inputs and the present numbers of the variables; returns new tensors. */
  replay(inputs: readonly tf.Tensor[], variables: readonly tf.Variable[]): tf.Tensor[] {
    const backend = this.#backend
    const { results, assigned } = this.#parts
    for (const [i, { dataId }] of [...inputs, ...variables].entries()) {
      backend.uploadToGPU(dataId)
      copyBuffer(backend, backend.tensorMap.get(dataId).resource as GpuBuffer, this.#parts.inputs[i] as GpuBuffer)
    }
    this.#runPrograms()
    for (const output of assigned) {
      const tensor = this.#createTensor(output)
      variables[output.variable]?.assign(tensor)
      tensor.dispose()
    }
    const tensors = results.map((output) => this.#createTensor(output))
    flush(backend)
    return tensors
  }

  #runPrograms(): void {
    const { commands } = this.#parts
    this.#backend.endComputePassEncoder()
    for (let start = 0; start < commands.length; start += PROGRAMS_PER_SUBMIT) {
      this.#backend.ensureCommandEncoderReady()
      const pass = this.#backend.commandEncoder?.beginComputePass()
      for (let i = start; i < Math.min(start + PROGRAMS_PER_SUBMIT, commands.length); i++) {
        const { pipeline, dispatch } = commands[i] as Command
        pass?.setPipeline(pipeline)
        pass?.setBindGroup(0, this.#groups[i] as object)
        pass?.dispatchWorkgroups(...dispatch)
      }
      pass?.end()
      this.#backend.submitQueue()
    }
  }

  /** Copies an output to a tensor of its own: the next replay writes to the output again. */
  #createTensor({ buffer, shape, dtype, storedType }: Output): tf.Tensor {
    const backend = this.#backend
    const resource = backend.bufferManager.acquireBuffer(buffer.size, buffer.usage)
    copyBuffer(backend, buffer, resource)
    const dataId = { id: backend.nextDataId() }
    backend.tensorMap.set(dataId, { dtype: storedType, shape, values: null, refCount: 1, resource })
    return tf.engine().makeTensorFromDataId(dataId, shape, dtype, backend as unknown as tf.KernelBackend)
  }

  dispose(): void {
    this.#buffers.dispose()
  }
}
