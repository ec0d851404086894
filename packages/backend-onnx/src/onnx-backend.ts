import { FacekpError } from '@facekp/core'
import * as tf from '@tensorflow/tfjs-core'
import { BufferPool } from './execution/buffer-pool.ts'
import { collectComputation } from './execution/computation.ts'
import { runPlan } from './execution/plan.ts'
import { PlanCache } from './execution/plan-cache.ts'
import { reshape } from './kernels/reshape.ts'
import { isSameLayout, type Layout, permute, toTensorOrder } from './lowering/layout.ts'
import { countElements, isSameShape } from './lowering/shape.ts'
import {
  type Numbers,
  type NumberType,
  type Operation,
  type Stored,
  Value,
  type ValueOptions,
} from './lowering/value.ts'
import { INSTALL_COMMAND, runtime } from './runtime/onnxruntime.ts'
import { changeSettings, DEFAULTS, type OnnxSettings } from './settings.ts'

/** Number of recorded operations after which they are computed. */
const MAX_PENDING = 20_000
/** Settings that graphs are compiled with: a change needs new ones. */
const COMPILED_SETTINGS = ['threads', 'provider', 'arena'] as const

/** The private part of TensorFlow.js that is needed: the backend that holds a tensor's data. */
interface TfBackendInternals {
  readonly state: { readonly tensorInfo: WeakMap<object, { readonly backend: tf.KernelBackend }> }
}

/** The data behind a tensor's data id. */
type Entry =
  | { kind: 'numbers'; value: Value; references: number }
  | { kind: 'text'; values: Uint8Array[]; references: number }
  | { kind: 'complex'; real: tf.TensorInfo; imag: tf.TensorInfo; references: number }

/**
 * A lazy TensorFlow.js backend: kernels only record operations. When numbers are read, and at the end of each microtask, all recorded
 * operations that are still needed become one ONNX graph, which is compiled once per structure and run.
 */
export class OnnxBackend extends tf.KernelBackend {
  readonly #entries = new Map<object, Entry>()
  readonly #pending = new Set<Value>()
  /** Values without tensors; their memory is free when the operations recorded so far are computed. */
  #retired: Value[] = []
  #recordedCount = 0
  #isFlushScheduled = false
  #settings = DEFAULTS
  #plans = new PlanCache(DEFAULTS)
  #pool = new BufferPool(DEFAULTS.maxFreeBytes)
  /** Tensors that moved here while {@link borrowTensors} runs, and their backends. */
  #borrowed: Map<object, tf.KernelBackend> | undefined
  /** Settles when all graphs started so far have run; used only if the runtime is asynchronous. */
  #running: Promise<void> = Promise.resolve()

  /** Threads per operation, by which programs that do not know this package describe a run. */
  get threads(): number {
    return this.#settings.threads
  }

  countSessions(): { readonly compiled: number; readonly cached: number } {
    return { compiled: this.#plans.compiledCount, cached: this.#plans.size }
  }

  configure(changes: Partial<OnnxSettings>): void {
    const before = this.#settings
    this.#settings = changeSettings(before, changes)
    if (COMPILED_SETTINGS.some((name) => this.#settings[name] !== before[name])) this.#plans.clear()
    this.#plans.settings = this.#settings
    if (this.#settings.maxFreeBytes !== before.maxFreeBytes) this.#pool = new BufferPool(this.#settings.maxFreeBytes)
  }

  // --- for kernels

  /** Records an operation and returns its result, which is computed later. */
  record(operation: Operation, inputs: readonly tf.TensorInfo[], options: ValueOptions): tf.TensorInfo {
    const values = inputs.map((input) => this.getValue(input))
    const value = new Value(operation, values, options)
    if (!tf.env().getBool('ONNX_DEBUG')) return this.#track(value)
    value.origin = new Error().stack
    const info = this.#track(value)
    this.flush()
    if (value.failure) throw value.failure
    return info
  }

  /** Returns a tensor with the same data in another shape of the same size. */
  alias(input: tf.TensorInfo, shape: readonly number[]): tf.TensorInfo {
    this.incRef(input.dataId)
    return { dataId: input.dataId, shape: [...shape], dtype: input.dtype }
  }

  /** Returns a tensor's value in the tensor's shape; tensors that were reshaped share data of another shape. */
  getValue({ dataId, shape }: tf.TensorInfo): Value {
    const { value } = this.#getNumbersEntry(dataId)
    if (isSameShape(value.shape, shape)) return value
    return new Value(reshape, [value], { shape, type: value.type })
  }

  /**
   * Claims a tensor's memory for an update in place and gives the tensor a new value over it. Tensors that share the data, such as
   * clones, change too.
   *
   * @param like a value of the tensor's shape, whose layout the memory gets
   */
  claimMemory(tensor: tf.TensorInfo, like: Value): Float32Array {
    const entry = this.#getNumbersEntry(tensor.dataId)
    // Operations recorded before the update use the present numbers.
    if (this.#pending.size > 0) this.flush()
    const { value } = entry
    const stored = this.#getStored(value)
    const layout = like.stored?.layout
    const isReusable =
      value.refCount === 1 && isSameShape(value.shape, tensor.shape) && isSameLayout(stored.layout, layout)
    const data = isReusable ? stored.data : copyNumbers(value, stored, tensor.shape, layout)
    const next = Value.fromData(data, tensor.shape, value.type, layout)
    next.refCount = 1
    entry.value = next
    if (isReusable) value.stored = undefined
    else this.#release(value)
    return data as Float32Array
  }

  /** Copies a tensor in the layout of `like`, so that an update does not change its clones. */
  copy(tensor: tf.TensorInfo, like: Value): tf.TensorInfo {
    const { value } = this.#getNumbersEntry(tensor.dataId)
    const layout = like.stored?.layout
    const data = copyNumbers(value, this.#getStored(value), tensor.shape, layout)
    return this.#track(Value.fromData(data, tensor.shape, value.type, layout))
  }

  /** Reads a tensor's numbers in memory order. */
  readNumbers(tensor: tf.TensorInfo): { readonly value: Value; readonly data: Numbers } {
    const value = this.getValue(tensor)
    if (!value.stored && value.operation === reshape) {
      const [source] = value.inputs as [Value]
      const stored = this.#getStored(source)
      const data = toTensorOrder(stored.data, source.shape, stored.layout)
      return { value: Value.fromData(data, value.shape, value.type), data }
    }
    return { value, data: this.#getStored(value).data }
  }

  /** Makes a complex tensor of its two parts. */
  makeComplex(real: tf.TensorInfo, imag: tf.TensorInfo): tf.TensorInfo {
    this.incRef(real.dataId)
    this.incRef(imag.dataId)
    const dataId = {}
    this.#entries.set(dataId, { kind: 'complex', real, imag, references: 1 })
    return { dataId, shape: real.shape, dtype: 'complex64' }
  }

  getComplexParts(dataId: object): { readonly real: tf.TensorInfo; readonly imag: tf.TensorInfo } | undefined {
    const entry = this.#getEntry(dataId)
    return entry.kind === 'complex' ? entry : undefined
  }

  /** Creates a tensor with a shape but no numbers, for operations that are only recorded; reading its numbers throws. */
  createPlaceholder(shape: readonly number[]): tf.TensorInfo {
    const value = new Value(undefined, [], { shape })
    // Never released: it has no memory to reuse.
    value.refCount = 1
    value.stored = {
      layout: undefined,
      get data(): never {
        throw new Error('an operation reads numbers, but only the shape is known')
      },
    }
    return this.#track(value)
  }

  /** Runs a function, then moves tensors that it used from other backends back to them, also after an error. */
  borrowTensors<T>(run: () => T): T {
    const borrowed = new Map<object, tf.KernelBackend>()
    this.#borrowed = borrowed
    try {
      return run()
    } finally {
      this.#borrowed = undefined
      for (const [dataId, owner] of borrowed) if (this.#entries.has(dataId)) tf.engine().moveData(owner, dataId)
    }
  }

  /**
   * Computes all recorded operations that are still needed, synchronously if the runtime can, else by a promise. It neither throws nor
   * rejects: values that could not be computed hold their error.
   */
  flush(): void | Promise<void> {
    if (!runtime().isSynchronous) {
      this.#running = this.#running.then(() => this.#computeAsync())
      return this.#running
    }
    const batch = this.#begin()
    this.#compute(batch.targets)
    this.#end(batch)
  }

  /** Computes the targets as one graph; if that fails, one by one, so that only those fail that depend on the failure. */
  #compute(targets: readonly Value[]): void {
    if (targets.length === 0) return
    try {
      this.#run(targets).settle()
    } catch (cause) {
      if (targets.length === 1) fail(targets[0] as Value, cause as Error)
      else for (const target of targets) this.#compute([target])
    }
  }

  async #computeAsync(): Promise<void> {
    const batch = this.#begin()
    const compute = async (targets: readonly Value[]): Promise<void> => {
      if (targets.length === 0) return
      try {
        const { done, settle } = this.#run(targets)
        await done
        settle()
      } catch (cause) {
        if (targets.length === 1) fail(targets[0] as Value, cause as Error)
        else for (const target of targets) await compute([target])
      }
    }
    await compute(batch.targets)
    this.#end(batch)
  }

  /** Takes the values to compute, and those whose memory is free afterwards. */
  #begin(): Batch {
    const targets = [...this.#pending].filter((value) => !value.stored && !value.failure)
    const retired = this.#retired
    this.#pending.clear()
    this.#retired = []
    this.#recordedCount = 0
    return { targets, retired }
  }

  #run(targets: readonly Value[]): { readonly done: void | Promise<void>; readonly settle: () => void } {
    const computation = collectComputation(targets)
    const plan = this.#plans.getPlan(computation)
    const { results, done } = runPlan(plan, computation, ({ type, shape }) =>
      this.#pool.acquire(type, countElements(shape)),
    )
    const settle = (): void => {
      for (const [i, target] of targets.entries()) {
        target.stored = { data: results[i] as Numbers, layout: plan.outputs[i]?.layout }
      }
    }
    return { done, settle }
  }

  #end({ targets, retired }: Batch): void {
    for (const value of retired) {
      const { stored, type } = value
      if (stored) this.#pool.release(type, stored.data)
      value.stored = undefined
    }
    for (const target of targets) {
      target.inputs = []
      // It was released while it was computed, but operations recorded in the meantime may need it.
      if (target.refCount === 0) this.#retire(target)
    }
  }

  // --- for TensorFlow.js

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): object {
    const dataId = {}
    this.move(dataId, values, shape, dtype, 1)
    return dataId
  }

  override move(...[dataId, values, shape, dtype, references]: Parameters<tf.KernelBackend['move']>): void {
    this.#entries.set(dataId, this.#createEntry({ values, shape, dtype, references }))
  }

  override async read(dataId: object): Promise<tf.BackendValues> {
    const values = this.#getValues(dataId)
    if (runtime().isSynchronous || !values.some(isPending)) return this.readSync(dataId)
    // They are read even if the tensor is disposed in the meantime.
    for (const value of values) {
      value.refCount++
      if (isPending(value)) this.#pending.add(value)
    }
    await this.flush()
    try {
      return this.#copyValues(values)
    } finally {
      for (const value of values) this.#release(value)
    }
  }

  override readSync(dataId: object): tf.BackendValues {
    const entry = this.#getEntry(dataId)
    return entry.kind === 'text' ? entry.values : this.#copyValues(this.#getValues(dataId))
  }

  override disposeData(dataId: object, force = false): boolean {
    const entry = this.#entries.get(dataId)
    if (!entry) return true
    entry.references--
    if (!force && entry.references > 0) return false
    this.#entries.delete(dataId)
    if (entry.kind === 'complex') {
      this.disposeData(entry.real.dataId)
      this.disposeData(entry.imag.dataId)
    }
    if (entry.kind === 'numbers') this.#release(entry.value)
    return true
  }

  override refCount(dataId: object): number {
    return this.#entries.get(dataId)?.references ?? 0
  }

  override incRef(dataId: object): void {
    this.#getEntry(dataId).references++
  }

  decRef(dataId: object): void {
    const entry = this.#entries.get(dataId)
    if (entry) entry.references--
  }

  override numDataIds(): number {
    return this.#entries.size
  }

  /** Returns what `tf.memory()` reports beside its own: the bytes of unused memory that are kept for reuse. */
  override memory(): { unreliable: boolean; numBytesFree: number } {
    return { unreliable: false, numBytesFree: this.#pool.bytes }
  }

  override floatPrecision(): 32 {
    return 32
  }

  override epsilon(): number {
    return 1e-7
  }

  override timerAvailable(): boolean {
    return true
  }

  override async time(work: () => void): Promise<tf.BackendTimingInfo> {
    const start = performance.now()
    work()
    await this.flush()
    return { kernelMs: performance.now() - start }
  }

  override dispose(): void {
    this.#entries.clear()
    this.#pending.clear()
    this.#retired = []
    this.#plans.clear()
    this.#pool.clear()
  }

  /** Creates a tensor of a value; the value is computed with the next flush. */
  #track(value: Value): tf.TensorInfo {
    value.refCount++
    const dataId = {}
    this.#entries.set(dataId, { kind: 'numbers', value, references: 1 })
    if (!value.stored) {
      this.#pending.add(value)
      // What is recorded for an export cannot be computed.
      if (++this.#recordedCount >= MAX_PENDING && !this.#borrowed) this.flush()
      this.#scheduleFlush()
    }
    return { dataId, shape: [...value.shape], dtype: value.type }
  }

  #createEntry({ values, shape, dtype, references }: NewData): Entry {
    if (dtype === 'string') {
      const texts = (values ?? []) as (string | Uint8Array)[]
      const encoded = texts.map((text) => (typeof text === 'string' ? tf.util.encodeString(text) : text))
      return { kind: 'text', values: encoded, references }
    }
    if (dtype === 'complex64') {
      const { real, imag } = tf.backend_util.splitRealAndImagArrays(values as Float32Array)
      const createPart = (part: Float32Array): tf.TensorInfo => {
        return { dataId: this.write(part, shape, 'float32'), shape, dtype: 'float32' }
      }
      return { kind: 'complex', real: createPart(real), imag: createPart(imag), references }
    }
    const type = dtype as NumberType
    // A copy: the caller may change its array before the operations recorded here are computed.
    const source = values as ArrayLike<number> | null
    const data = this.#pool.acquire(type, source?.length ?? countElements(shape))
    if (source) data.set(source)
    else data.fill(0)
    const value = Value.fromData(data, shape, type)
    value.refCount = 1
    return { kind: 'numbers', value, references }
  }

  #scheduleFlush(): void {
    if (this.#isFlushScheduled) return
    this.#isFlushScheduled = true
    queueMicrotask(() => {
      this.#isFlushScheduled = false
      this.flush()
    })
  }

  #release(value: Value): void {
    value.refCount--
    if (value.refCount > 0) return
    this.#pending.delete(value)
    if (value.stored) this.#retire(value)
  }

  /** Frees a value's memory when the operations recorded so far are computed. */
  #retire(value: Value): void {
    this.#retired.push(value)
    this.#scheduleFlush()
  }

  #getStored(value: Value): Stored {
    if (isPending(value)) {
      if (!runtime().isSynchronous) throw notSynchronousError()
      this.#pending.add(value)
      this.flush()
    }
    if (value.failure) throw value.failure
    if (!value.stored) throw new Error('the tensor has no numbers: an update in place took its memory')
    return value.stored
  }

  #getNumbersEntry(dataId: object): Entry & { kind: 'numbers' } {
    const entry = this.#getEntry(dataId)
    if (entry.kind !== 'numbers') throw new Error('expected a tensor of numbers, received strings or complex numbers')
    return entry
  }

  #getEntry(dataId: object): Entry {
    const entry = this.#entries.get(dataId)
    if (entry) return entry
    // A tensor of another backend moves here.
    const { state } = tf.engine() as unknown as TfBackendInternals
    const owner = state.tensorInfo.get(dataId)?.backend
    if (owner && owner !== this) {
      tf.engine().moveData(this, dataId)
      this.#borrowed?.set(dataId, owner)
    }
    const moved = this.#entries.get(dataId)
    if (!moved) throw new Error('the tensor is disposed')
    return moved
  }

  /** Copies the numbers of one value, or of two that are the parts of complex numbers: the caller may change them, and they outlive the tensor. */
  #copyValues(values: readonly Value[]): tf.BackendValues {
    const [numbers, imaginary] = values.map((value) =>
      copyNumbers(value, this.#getStored(value), value.shape, undefined),
    ) as [Numbers, Numbers?]
    if (!imaginary) return numbers
    return tf.backend_util.mergeRealAndImagArrays(numbers as Float32Array, imaginary as Float32Array)
  }

  /** Returns the values behind a data id: none for text, two for complex numbers. */
  #getValues(dataId: object): Value[] {
    const entry = this.#getEntry(dataId)
    if (entry.kind === 'numbers') return [entry.value]
    if (entry.kind === 'text') return []
    return [entry.real, entry.imag].map((part) => this.#getNumbersEntry(part.dataId).value)
  }
}

interface NewData {
  readonly values: tf.BackendValues
  readonly shape: number[]
  readonly dtype: tf.DataType
  readonly references: number
}

interface Batch {
  readonly targets: readonly Value[]
  readonly retired: readonly Value[]
}

function isPending({ stored, failure }: Value): boolean {
  return !stored && !failure
}

function notSynchronousError(): FacekpError {
  return new FacekpError({
    code: 'ONNX_RUNTIME',
    problem:
      'numbers cannot be read synchronously: this release of onnxruntime-node has no known synchronous entry point',
    expected: `await tensor.data() in place of dataSync(), or ${INSTALL_COMMAND}`,
  })
}

/** Copies a value's numbers into a new array of another shape of the same size and another layout. */
function copyNumbers(value: Value, stored: Stored, shape: readonly number[], layout: Layout): Numbers {
  const data = toTensorOrder(stored.data, value.shape, stored.layout)
  if (layout) return permute(data, shape, layout)
  return data === stored.data ? data.slice() : data
}

/** Stores why a value could not be computed; in debug mode with the line that recorded it. */
function fail(value: Value, cause: Error): void {
  value.failure = cause instanceof FacekpError ? cause : runError(value, cause)
}

function runError({ operation, origin }: Value, cause: Error): FacekpError {
  const stack = origin?.split('\n').slice(2).join('\n')
  return new FacekpError({
    code: 'ONNX_RUN',
    problem: `computing ${operation?.name} failed${stack ? `, recorded at ${stack}` : ''}`,
    received: cause.message,
    expected:
      "tf.env().set('ONNX_DEBUG', true), which computes each operation at once, to find the line that records it",
    cause,
  })
}
