import type { Computation } from '@facekp/tfjs-utils/replay-kernel'
import * as tf from '@tensorflow/tfjs-core'
import { copyBuffer, type DataId, flush, type GpuBackend, type GpuBuffer, type Program } from './gpu-backend.ts'
import { override } from './override.ts'
import { type Assigned, type Command, type Output, Recording } from './recording.ts'
import { RecordingBuffers } from './recording-buffers.ts'

declare const GPUBuffer: new () => GpuBuffer

/** Runs a computation once and takes down what it does. */
export class Recorder {
  readonly #backend: GpuBackend
  readonly #buffers: RecordingBuffers
  readonly #commands: Command[] = []
  readonly #captured = new Map<DataId, GpuBuffer>()
  readonly #inputs: GpuBuffer[] = []
  /** Buffers of the inputs themselves. */
  readonly #originals = new Map<DataId, GpuBuffer>()
  readonly #trace: unknown[] = []
  readonly #numbers = new Map<GpuBuffer, number>()
  #results: Output[] = []
  #assigned: Assigned[] = []
  #isSound = true

  constructor(backend: GpuBackend) {
    this.#backend = backend
    this.#buffers = new RecordingBuffers(backend.bufferManager)
  }

  /**
   * All that JavaScript gave to the GPU: programs, what they are bound to, uniforms and constants. Two runs with the same trace do the
   * same.
   */
  get trace(): readonly unknown[] {
    return this.#trace
  }

  /** Runs the computation; returns its results. */
  run({ inputs, variables, compute }: Computation): tf.Tensor[] {
    flush(this.#backend)
    for (const { dataId } of [...inputs, ...variables]) this.#addInput(dataId)
    const before = variables.map(({ dataId }) => dataId)
    const uninstall = [this.#buffers.install(), this.#install()]
    try {
      const results = tf.tidy(compute)
      flush(this.#backend)
      this.#results = results.flatMap((tensor) => this.#toOutput(tensor))
      this.#assigned = variables.flatMap((variable, i) =>
        variable.dataId === before[i] ? [] : this.#toOutput(variable).map((output) => ({ ...output, variable: i })),
      )
      this.#trace.push('results', ...this.#results.map(({ buffer }) => this.#getNumber(buffer)))
      for (const { variable, buffer } of this.#assigned) this.#trace.push('assigned', variable, this.#getNumber(buffer))
      return results
    } finally {
      for (const undo of uninstall) undo()
      this.#restoreInputs()
    }
  }

  /** Returns a recording to replay, or undefined if the computation did what a recording cannot. */
  keep(results: readonly tf.Tensor[], variables: readonly tf.Variable[]): Recording | undefined {
    const outputs = new Set([...this.#results, ...this.#assigned].map(({ buffer }) => buffer))
    if (!this.#isSound || [...this.#buffers.used].some((buffer) => !outputs.has(buffer))) return undefined
    const { tensorMap, bufferManager } = this.#backend
    for (const { dataId } of [...results, ...variables]) {
      const data = tensorMap.get(dataId)
      const buffer = data.resource
      if (!buffer || !this.#buffers.used.has(buffer)) continue
      data.resource = bufferManager.acquireBuffer(buffer.size, buffer.usage)
      copyBuffer(this.#backend, buffer, data.resource)
    }
    this.#buffers.takeUsed()
    return new Recording(this.#backend, this.#buffers, {
      commands: this.#commands,
      inputs: this.#inputs,
      results: this.#results,
      assigned: this.#assigned,
      captured: this.#captured,
    })
  }

  /** Returns the buffers to the backend. Not to be called after `keep` returned a recording, which has them. */
  dispose(): void {
    this.#buffers.dispose()
  }

  /** Copies an input to a buffer of the recording, which programs read in its place. */
  #addInput(dataId: DataId): void {
    this.#backend.uploadToGPU(dataId)
    const original = this.#originals.get(dataId) ?? (this.#backend.tensorMap.get(dataId).resource as GpuBuffer)
    // Inputs that share their numbers now may differ later.
    if (this.#originals.has(dataId)) this.#isSound = false
    const buffer = this.#buffers.acquireInput(original.size)
    copyBuffer(this.#backend, original, buffer)
    this.#originals.set(dataId, original)
    this.#inputs.push(buffer)
    this.#getNumber(buffer)
    this.#backend.tensorMap.get(dataId).resource = buffer
  }

  #restoreInputs(): void {
    const { tensorMap, bufferManager } = this.#backend
    for (const [dataId, original] of this.#originals) {
      if (tensorMap.has(dataId)) tensorMap.get(dataId).resource = original
      else bufferManager.releaseBuffer(original)
    }
  }

  /** Lets the backend take down what it does. Returns a function that undoes it. */
  #install(): () => void {
    const backend = this.#backend
    const { tensorMap } = backend
    const { makeUniforms, recordAndSubmit, uploadToGPU } = backend
    let uniformBuffer: GpuBuffer | undefined
    return override(backend, {
      makeUniforms: (uniforms) => {
        const made = makeUniforms.call(backend, uniforms)
        uniformBuffer = made.buffer
        for (const { type, data } of uniforms) this.#trace.push(type, data.length, ...data)
        return made
      },
      uploadToGPU: (dataId) => {
        const { resource, values } = tensorMap.get(dataId)
        uploadToGPU.call(backend, dataId)
        if (resource || !values) return
        this.#trace.push('constant', this.#getNumber(tensorMap.get(dataId).resource as GpuBuffer))
        for (const value of values as Iterable<unknown>) this.#trace.push(value)
      },
      recordAndSubmit: (program, output, inputs, uniforms) => {
        const tensors = [output, ...inputs]
        const buffers = tensors.map(({ dataId }) => tensorMap.get(dataId).resource as GpuBuffer)
        recordAndSubmit.call(backend, program, output, inputs, uniforms)
        this.#addCommand(program, tensors, [...buffers, uniformBuffer as GpuBuffer])
      },
      ...this.#watchTransfers(),
    })
  }

  /** Wraps the methods that take numbers from the GPU or copy them without a program: their results cannot be replayed. */
  #watchTransfers(): Partial<GpuBackend> {
    const backend = this.#backend
    const watch = <Arguments extends [unknown, ...unknown[]], Result>(method: (...args: Arguments) => Result) => {
      return (...args: Arguments): Result => {
        this.#isSound = false
        return method.apply(backend, args)
      }
    }
    const { read, readSync, readToGPU, createTensorFromGPUData } = backend
    return {
      read: watch(read),
      readSync: (dataId) => {
        if (backend.tensorMap.get(dataId).resource) this.#isSound = false
        return readSync.call(backend, dataId)
      },
      readToGPU: watch(readToGPU),
      createTensorFromGPUData: watch(createTensorFromGPUData),
    }
  }

  #addCommand({ pipeline, dispatch }: Program, tensors: readonly tf.TensorInfo[], buffers: readonly GpuBuffer[]): void {
    const [result] = buffers as [GpuBuffer]
    if (!this.#buffers.isResult(result) || !buffers.every((buffer) => buffer instanceof GPUBuffer))
      this.#isSound = false
    for (const [i, { dataId }] of tensors.entries()) {
      const buffer = buffers[i] as GpuBuffer
      if (!this.#buffers.has(buffer)) this.#captured.set(dataId, buffer)
    }
    this.#commands.push({ pipeline, dispatch: [...dispatch], buffers })
    this.#trace.push(pipeline, ...dispatch, ...buffers.map((buffer) => this.#getNumber(buffer)))
  }

  #toOutput({ dataId, shape, dtype }: tf.Tensor): Output[] {
    const { resource, dtype: storedType } = this.#backend.tensorMap.get(dataId)
    if (resource && this.#buffers.has(resource)) return [{ buffer: resource, shape, dtype, storedType }]
    // It is on the CPU, or no result of the computation.
    this.#isSound = false
    return []
  }

  /** Numbers the buffers of the recording in the order of their first use; a buffer that is not of it stands for itself. */
  #getNumber(buffer: GpuBuffer): number | GpuBuffer {
    if (!this.#buffers.has(buffer)) return buffer
    const number = this.#numbers.get(buffer) ?? this.#numbers.size
    this.#numbers.set(buffer, number)
    return number
  }
}
