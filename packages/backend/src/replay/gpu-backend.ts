import type { WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu'
import type * as tf from '@tensorflow/tfjs-core'

/** A buffer of WebGPU. */
export interface GpuBuffer {
  readonly size: number
  readonly usage: number
}

type Pipeline = Exclude<NonNullable<WebGPUProgram['pipeline']>, Promise<unknown>>

interface ComputePass {
  setPipeline(pipeline: Pipeline): void
  setBindGroup(index: number, group: object): void
  dispatchWorkgroups(x: number, y: number, z: number): void
  end(): void
}

interface CommandEncoder {
  copyBufferToBuffer(
    source: GpuBuffer,
    sourceOffset: number,
    target: GpuBuffer,
    targetOffset: number,
    size: number,
  ): void
  beginComputePass(): ComputePass
}

/** What the backend stores of a tensor. */
export interface TensorData {
  readonly dtype: tf.DataType
  readonly shape: readonly number[]
  /** Numbers that are, or are also, on the CPU. */
  readonly values: tf.BackendValues | null | undefined
  /** Where it is on the GPU; absent while it is on the CPU only. */
  resource?: GpuBuffer | null
}

export type DataId = tf.TensorInfo['dataId']

/** The pool of the backend's buffers. */
export interface BufferManager {
  acquireBuffer(size: number, usage: number, mapped?: boolean, reuse?: boolean): GpuBuffer
  releaseBuffer(buffer: GpuBuffer, reuse?: boolean): void
}

export interface Uniform {
  readonly type: string
  readonly data: number[]
}

/** A program to run, compiled. */
export interface Program {
  readonly pipeline: Pipeline
  readonly dispatch: readonly [x: number, y: number, z: number]
}

/** The part of backend webgpu that a recording needs, most of it private in its types. */
export interface GpuBackend {
  readonly device: {
    createBindGroup(options: {
      readonly layout: object
      readonly entries: readonly { readonly binding: number; readonly resource: { readonly buffer: GpuBuffer } }[]
    }): object
  }
  readonly bufferManager: BufferManager
  readonly tensorMap: {
    has(dataId: DataId): boolean
    get(dataId: DataId): TensorData
    set(dataId: DataId, data: TensorData & { readonly refCount: number }): void
  }
  readonly commandEncoder: CommandEncoder | null
  /** Measurements under way. */
  readonly activeTimers: readonly unknown[] | null | undefined
  ensureCommandEncoderReady(): void
  endComputePassEncoder(): void
  submitQueue(): void
  uploadToGPU(dataId: DataId): void
  makeUniforms(uniforms: readonly Uniform[]): { readonly buffer: GpuBuffer }
  recordAndSubmit(
    program: Program,
    output: tf.TensorInfo,
    inputs: readonly tf.TensorInfo[],
    uniforms?: readonly Uniform[],
  ): void
  nextDataId(): number
  read(dataId: DataId): Promise<tf.BackendValues>
  readSync(dataId: DataId): tf.BackendValues
  readToGPU(dataId: DataId): tf.GPUData
  createTensorFromGPUData(data: tf.WebGPUData, shape: number[], dtype: tf.DataType): tf.Tensor
}

/** Submits the commands that the backend holds back. */
export function flush(backend: GpuBackend): void {
  backend.endComputePassEncoder()
  if (backend.commandEncoder) backend.submitQueue()
}

/** Adds a copy of what fits of a buffer to the commands that the backend holds back. */
export function copyBuffer(backend: GpuBackend, source: GpuBuffer, target: GpuBuffer): void {
  backend.ensureCommandEncoderReady()
  backend.endComputePassEncoder()
  backend.commandEncoder?.copyBufferToBuffer(source, 0, target, 0, Math.min(source.size, target.size))
}
