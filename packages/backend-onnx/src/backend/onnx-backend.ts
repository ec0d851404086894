import { FacekpError } from '@facekp/core'
import * as tf from '@tensorflow/tfjs'
import { reshape } from '../kernels/reshape.ts'
import { type Layout, permuted, sameLayout, toOwnOrder } from '../lowering/layout.ts'
import { sameShape } from '../lowering/lowering.ts'
import { type Attributes, type Numbers, type NumberType, type Operation, sizeOf, Value } from '../lowering/value.ts'
import { REMEDY, runtime } from '../runtime/onnxruntime.ts'
import { Buffers, toNumbers } from './buffers.ts'
import { run, workFor } from './plan.ts'
import { Plans } from './plans.ts'
import { changedSettings, DEFAULTS, type OnnxSettings } from './settings.ts'

/** After so many operations that were only recorded, they are computed. */
const MOST_PENDING = 20_000

/** What of TensorFlow.js is private and needed: on which backend a tensor's data lies. */
interface TfBackendInternals {
  readonly state: { readonly tensorInfo: WeakMap<object, { readonly backend: tf.KernelBackend }> }
}

/** What a tensor's data id stands for. */
type Entry =
  | { kind: 'numbers'; value: Value; references: number }
  | { kind: 'text'; values: Uint8Array[]; references: number }
  | { kind: 'complex'; real: tf.TensorInfo; imag: tf.TensorInfo; references: number }

/**
 * A lazy backend: each kernel records what is to be computed. Once numbers are read, and at the end of the microtask, all that is
 * recorded and still wanted is written as one ONNX graph, compiled once for each structure, and run.
 */
export class OnnxBackend extends tf.KernelBackend {
  readonly #entries = new Map<object, Entry>()
  readonly #pending = new Set<Value>()
  /** Values that nobody holds any more; their memory is free once no recorded operation needs it. */
  #dead: Value[] = []
  #recorded = 0
  #scheduled = false
  #settings = DEFAULTS
  #plans = new Plans(DEFAULTS)
  #buffers = new Buffers(DEFAULTS.maxFreeBytes)
  /** Where the runtime cannot compute at once: what is under way, one graph after another. */
  #running: Promise<void> = Promise.resolve()

  /** How many graphs were compiled, and how many compiled ones are kept. */
  get sessions(): { readonly compiled: number; readonly kept: number } {
    return { compiled: this.#plans.compiled, kept: this.#plans.size }
  }

  configure(changes: Partial<OnnxSettings>): void {
    const before = this.#settings
    this.#settings = changedSettings(before, changes)
    if (this.#settings.threads !== before.threads || this.#settings.provider !== before.provider) this.#plans.clear()
    this.#plans.settings = this.#settings
    if (this.#settings.maxFreeBytes !== before.maxFreeBytes) this.#buffers = new Buffers(this.#settings.maxFreeBytes)
  }

  // --- what a kernel needs

  /** Records an operation; gives its result, still to be computed. */
  record(
    operation: Operation,
    inputs: readonly tf.TensorInfo[],
    attributes: Attributes,
    shape: readonly number[],
    type: NumberType,
  ): tf.TensorInfo {
    const value = new Value(
      operation,
      inputs.map((input) => this.valueFor(input)),
      attributes,
      shape,
      type,
    )
    if (isDebug()) {
      value.origin = new Error().stack
      const info = this.#hold(value)
      this.flush()
      if (value.failure) throw value.failure
      return info
    }
    return this.#hold(value)
  }

  /** The same numbers under another shape of the same size. */
  alias(input: tf.TensorInfo, shape: readonly number[]): tf.TensorInfo {
    this.incRef(input.dataId)
    return { dataId: input.dataId, shape: [...shape], dtype: input.dtype }
  }

  /** A tensor's value in the tensor's shape: reshaping shares the data, and tells only the tensor. */
  valueFor({ dataId, shape }: tf.TensorInfo): Value {
    const { value } = this.#numbersEntryOf(dataId)
    return sameShape(value.shape, shape) ? value : new Value(reshape, [value], {}, shape, value.type)
  }

  /**
   * The memory of a tensor, for an update in place: nobody else holds it, its axes lie as those of `like`, which has the
   * tensor's shape. The tensor goes on with a new value over that memory. Where the data is another tensor's too, such as
   * a clone's, that one changes along.
   */
  ownMemory(tensor: tf.TensorInfo, like: Value): Float32Array {
    const entry = this.#numbersEntryOf(tensor.dataId)
    // What was recorded so far means the numbers as they are now.
    if (this.#pending.size > 0) this.flush()
    const { value } = entry
    const stored = this.#storedOf(value)
    const layout = like.stored?.layout
    const alone = value.holders === 1 && sameShape(value.shape, tensor.shape) && sameLayout(stored.layout, layout)
    const data = alone ? stored.data : copied(value, stored, tensor.shape, layout)
    const next = Value.of(data, tensor.shape, value.type, layout)
    next.holders = 1
    entry.value = next
    if (alone) value.stored = undefined
    else this.#letGo(value)
    return data as Float32Array
  }

  /** A tensor of its own with the same numbers, its axes as those of `like`: an update that clones must not see. */
  copy(tensor: tf.TensorInfo, like: Value): tf.TensorInfo {
    const { value } = this.#numbersEntryOf(tensor.dataId)
    const layout = like.stored?.layout
    const data = copied(value, this.#storedOf(value), tensor.shape, layout)
    return this.#hold(Value.of(data, tensor.shape, value.type, layout))
  }

  /** A value's numbers as they lie in memory. */
  toNumbers(tensor: tf.TensorInfo): { readonly value: Value; readonly data: Numbers } {
    const value = this.valueFor(tensor)
    if (!value.stored && value.operation === reshape) {
      const [source] = value.inputs as [Value]
      const stored = this.#storedOf(source)
      const data = toOwnOrder(stored.data, source.shape, stored.layout)
      return { value: Value.of(data, value.shape, value.type), data }
    }
    return { value, data: this.#storedOf(value).data }
  }

  /** A tensor of complex numbers over its two parts. */
  joined(real: tf.TensorInfo, imag: tf.TensorInfo): tf.TensorInfo {
    this.incRef(real.dataId)
    this.incRef(imag.dataId)
    const dataId = {}
    this.#entries.set(dataId, { kind: 'complex', real, imag, references: 1 })
    return { dataId, shape: real.shape, dtype: 'complex64' }
  }

  partsOf(dataId: object): { readonly real: tf.TensorInfo; readonly imag: tf.TensorInfo } | undefined {
    const entry = this.#entryOf(dataId)
    return entry.kind === 'complex' ? entry : undefined
  }

  /** A tensor of a shape without numbers, for what is only to be recorded; whatever asks for its numbers throws. */
  placeholder(shape: readonly number[]): tf.TensorInfo {
    const value = new Value(undefined, [], {}, shape, 'float32')
    // Never let go: there is no memory to be used again.
    value.holders = 1
    value.stored = {
      layout: undefined,
      get data(): never {
        throw new Error('an operation asks for numbers where only the shape is known')
      },
    }
    return this.#hold(value)
  }

  /**
   * Computes all that is recorded and still wanted: at once, or by a promise where the runtime cannot. Never throws and never
   * rejects: values that could not be computed know why.
   */
  flush(): void | Promise<void> {
    if (!runtime().synchronous) {
      this.#running = this.#running.then(() => this.#computeLater())
      return this.#running
    }
    const batch = this.#begin()
    this.#compute(batch.targets)
    this.#end(batch)
  }

  /** Computes the targets as one graph; where that fails one by one, so that only those fail that need what fails. */
  #compute(targets: readonly Value[]): void {
    if (targets.length === 0) return
    try {
      this.#run(targets).settle()
    } catch (cause) {
      if (targets.length === 1) fail(targets[0] as Value, cause as Error)
      else for (const target of targets) this.#compute([target])
    }
  }

  async #computeLater(): Promise<void> {
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

  /** What is to be computed now, and the values whose memory nobody needs once it is. */
  #begin(): Batch {
    const targets = [...this.#pending].filter((value) => !value.stored && !value.failure)
    const dead = this.#dead
    this.#pending.clear()
    this.#dead = []
    this.#recorded = 0
    return { targets, dead }
  }

  #run(targets: readonly Value[]): { readonly done: void | Promise<void>; readonly settle: () => void } {
    const work = workFor(targets)
    const plan = this.#plans.planFor(work)
    const { results, done } = run(plan, work, ({ type, shape }) => this.#buffers.take(type, sizeOf(shape)))
    const settle = (): void => {
      for (const [i, target] of targets.entries()) {
        target.stored = { data: results[i] as Numbers, layout: plan.outputs[i]?.layout }
      }
    }
    return { done, settle }
  }

  #end({ targets, dead }: Batch): void {
    for (const value of dead) {
      const { stored, type } = value
      if (stored) this.#buffers.give(type, stored.data)
      value.stored = undefined
    }
    for (const target of targets) {
      target.inputs = []
      // Let go of while it was computed: what was recorded until then may need it still.
      if (target.holders === 0) this.#bury(target)
    }
  }

  // --- what TensorFlow.js asks of a backend

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): object {
    const dataId = {}
    this.move(dataId, values, shape, dtype, 1)
    return dataId
  }

  override move(
    dataId: object,
    values: tf.BackendValues,
    shape: number[],
    dtype: tf.DataType,
    references: number,
  ): void {
    if (dtype === 'string') {
      const texts = (values ?? []) as (string | Uint8Array)[]
      const encoded = texts.map((text) => (typeof text === 'string' ? tf.util.encodeString(text) : text))
      this.#entries.set(dataId, { kind: 'text', values: encoded, references })
      return
    }
    if (dtype === 'complex64') {
      const { real, imag } = tf.backend_util.splitRealAndImagArrays(values as Float32Array)
      const part = (numbers: Float32Array): tf.TensorInfo => {
        return { dataId: this.write(numbers, shape, 'float32'), shape, dtype: 'float32' }
      }
      this.#entries.set(dataId, { kind: 'complex', real: part(real), imag: part(imag), references })
      return
    }
    const type = dtype as NumberType
    // A copy: whoever gave the array may change it before what is recorded here is computed.
    const given = (values ?? toNumbers(type, sizeOf(shape))) as ArrayLike<number>
    const data = toNumbers(type, given.length)
    data.set(given)
    const value = Value.of(data, shape, type)
    value.holders = 1
    this.#entries.set(dataId, { kind: 'numbers', value, references })
  }

  override async read(dataId: object): Promise<tf.BackendValues> {
    const entry = this.#entryOf(dataId)
    const values =
      entry.kind === 'numbers'
        ? [entry.value]
        : entry.kind === 'complex'
          ? [entry.real, entry.imag].map((part) => this.#numbersEntryOf(part.dataId).value)
          : []
    if (values.some(isOpen)) {
      for (const value of values.filter(isOpen)) this.#pending.add(value)
      await this.flush()
    }
    return this.readSync(dataId)
  }

  override readSync(dataId: object): tf.BackendValues {
    const entry = this.#entryOf(dataId)
    if (entry.kind === 'text') return entry.values
    if (entry.kind === 'complex') {
      const [real, imag] = [this.readSync(entry.real.dataId), this.readSync(entry.imag.dataId)]
      return tf.backend_util.mergeRealAndImagArrays(real as Float32Array, imag as Float32Array)
    }
    const stored = this.#storedOf(entry.value)
    // A copy, which may be changed, and outlives the tensor.
    const own = toOwnOrder(stored.data, entry.value.shape, stored.layout)
    return own === stored.data ? own.slice() : own
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
    if (entry.kind === 'numbers') this.#letGo(entry.value)
    return true
  }

  override refCount(dataId: object): number {
    return this.#entries.get(dataId)?.references ?? 0
  }

  override incRef(dataId: object): void {
    this.#entryOf(dataId).references++
  }

  decRef(dataId: object): void {
    const entry = this.#entries.get(dataId)
    if (entry) entry.references--
  }

  override numDataIds(): number {
    return this.#entries.size
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: false }
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
    this.#dead = []
    this.#plans.clear()
    this.#buffers.clear()
  }

  #hold(value: Value): tf.TensorInfo {
    value.holders++
    const dataId = {}
    this.#entries.set(dataId, { kind: 'numbers', value, references: 1 })
    if (!value.stored) {
      this.#pending.add(value)
      if (++this.#recorded >= MOST_PENDING) this.flush()
      this.#schedule()
    }
    return { dataId, shape: [...value.shape], dtype: value.type }
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      this.flush()
    })
  }

  #letGo(value: Value): void {
    value.holders--
    if (value.holders > 0) return
    this.#pending.delete(value)
    if (value.stored) this.#bury(value)
  }

  /** Its memory is free once all that is recorded until now is computed. */
  #bury(value: Value): void {
    this.#dead.push(value)
    this.#schedule()
  }

  #storedOf(value: Value): NonNullable<Value['stored']> {
    if (isOpen(value)) {
      if (!runtime().synchronous) throw notAtOnce()
      this.#pending.add(value)
      this.flush()
    }
    if (value.failure) throw value.failure
    if (!value.stored) throw new Error('a tensor is read whose memory was handed on')
    return value.stored
  }

  #numbersEntryOf(dataId: object): Entry & { kind: 'numbers' } {
    const entry = this.#entryOf(dataId)
    if (entry.kind !== 'numbers') throw new Error('an operation of numbers was given text or complex numbers')
    return entry
  }

  #entryOf(dataId: object): Entry {
    const known = this.#entries.get(dataId)
    if (known) return known
    // Another backend's tensor moves here.
    const { state } = tf.engine() as unknown as TfBackendInternals
    const owner = state.tensorInfo.get(dataId)?.backend
    if (owner && owner !== this) tf.engine().moveData(this, dataId)
    const moved = this.#entries.get(dataId)
    if (!moved) throw new Error('a tensor is used that was disposed of')
    return moved
  }
}

interface Batch {
  readonly targets: readonly Value[]
  readonly dead: readonly Value[]
}

/** Whether a value is still to be computed. */
function isOpen({ stored, failure }: Value): boolean {
  return !stored && !failure
}

function notAtOnce(): FacekpError {
  return new FacekpError({
    code: 'ONNX_RUNTIME',
    problem: 'numbers cannot be read at once: this release of onnxruntime-node has no synchronous entry that is known',
    expected: `await tensor.data() in place of dataSync(), or ${REMEDY}`,
  })
}

/** The numbers of a value under a shape of the same size, in a new array. */
function copied(value: Value, stored: NonNullable<Value['stored']>, shape: readonly number[], layout: Layout): Numbers {
  const own = toOwnOrder(stored.data, value.shape, stored.layout)
  if (layout) return permuted(own, shape, layout)
  return own === stored.data ? own.slice() : own
}

function isDebug(): boolean {
  return tf.env().getBool('ONNX_DEBUG')
}

/** Tells a value why it could not be computed: in the runtime's own words, in debug mode with the line that recorded it. */
function fail(value: Value, cause: Error): void {
  const { operation, origin } = value
  value.failure =
    cause instanceof FacekpError
      ? cause
      : new FacekpError({
          code: 'ONNX_RUN',
          problem: `computing ${operation?.name} failed${origin ? `, recorded at ${origin.split('\n').slice(2).join('\n')}` : ''}`,
          received: cause.message,
          expected:
            "tf.env().set('ONNX_DEBUG', true) computes each operation at once and tells the line that asked for it",
          cause,
        })
}
