import type { Graph } from '../onnx/graph.ts'
import type { Layout } from './layout.ts'

/** The element types that this backend computes with; backend cpu computes with all others. */
export type NumberType = 'float32' | 'int32' | 'bool'
export type Numbers = Float32Array | Int32Array | Uint8Array

/** JSON values only: attributes are part of the key of a compiled graph. */
export type Attributes = Readonly<Record<string, unknown>>

/** A value's name in the graph, and its order in memory. */
export interface Lowered {
  readonly name: string
  readonly layout: Layout
  /** The shape in memory. An axis may be 1 although the value's is longer: a broadcast that was not carried out. */
  readonly shape: readonly number[]
}

/** Writes values as nodes of an ONNX graph, each once, and chooses their layouts. */
export interface Lowering {
  readonly graph: Graph
  /** Channels per block of blocked images; 0 if blocks are unavailable or, in an exported file, not portable. */
  readonly channelBlock: number
  /** Max pools whose gradient is in the graph too, so that they must also output the indices of their maxima. */
  readonly poolsWithIndices: Set<Value>
  /** The names of those indices. */
  readonly poolIndices: Map<Value, string>
  /** Whether one operation, or the reader of the result, is all that needs a value. */
  isUsedOnce(value: Value): boolean
  /** Lowers a value in any layout; broadcasts may be left out. */
  lower(value: Value): Lowered
  /** Lowers a value in any layout, at its full size. */
  lowerFull(value: Value): Lowered
  /** Lowers a value in the given layout, at its full size unless `broadcast` is true. */
  lowerAs(value: Value, layout: Layout, broadcast?: boolean): Lowered
  /** Lowers a value with its axes in the tensor's order, at its full size; returns its name. */
  lowerPlain(value: Value): string
  transpose(name: string, shape: readonly number[], permutation: readonly number[]): string
  /** @param from the shape before, for what may be a result of the graph: it is then written without a copy */
  reshape(name: string, shape: readonly number[], from?: readonly number[]): string
  /** Makes a value of one number for a whole shape. */
  fill(number: number, shape: readonly number[], type: NumberType): Lowered
  /**
   * Lowers an elementwise operation with broadcasting, in the layout of its largest input.
   *
   * @param build from the names of the inputs to the name of the result
   */
  elementwise(value: Value, inputs: readonly Value[], build: (names: string[]) => string): Lowered
  /**
   * Lowers a reduction over axes of the input, in any layout.
   *
   * @param build from the input's name and the axes in memory to the name of the result
   */
  reduce(
    input: Value,
    axes: readonly number[],
    keepDims: boolean,
    build: (name: string, axes: number[]) => string,
  ): Lowered
}

/** What a recorded operation becomes in ONNX. */
export interface Operation {
  readonly name: string
  readonly lower: (lowering: Lowering, value: Value) => Lowered
  /** Indices of inputs that the runtime folds or packs if they are constants: a layer's weights. */
  readonly weights?: readonly number[]
  /** Called for all values of a graph before any is lowered. */
  readonly announce?: (lowering: Lowering, value: Value) => void
}

/** Numbers in memory that belong to one value. */
export interface Stored {
  readonly data: Numbers
  readonly layout: Layout
}

/** Properties of a value other than its operation and inputs. */
export interface ValueOptions {
  readonly shape: readonly number[]
  /** Default float32. */
  readonly type?: NumberType
  /** Default none. */
  readonly attributes?: Attributes
}

let valueCount = 0

/**
 * The numbers of a tensor: an operation that is not computed yet, or stored numbers. Stored numbers never change: an update in place
 * moves the memory to a new value, so a value's `id` identifies its content.
 */
export class Value {
  readonly id: number = valueCount++
  readonly operation: Operation | undefined
  readonly attributes: Attributes
  readonly shape: readonly number[]
  readonly type: NumberType
  /** Empty after the value is computed. */
  inputs: readonly Value[]
  stored: Stored | undefined
  /** Why the value could not be computed. */
  failure: Error | undefined
  /** Number of tensors with this data. */
  refCount = 0
  /** Stack trace of the recording, in debug mode. */
  origin: string | undefined

  constructor(
    operation: Operation | undefined,
    inputs: readonly Value[],
    { shape, type = 'float32', attributes = {} }: ValueOptions,
  ) {
    this.operation = operation
    this.inputs = inputs
    this.attributes = attributes
    this.shape = shape
    this.type = type
  }

  static fromData(data: Numbers, shape: readonly number[], type: NumberType, layout?: Layout): Value {
    const value = new Value(undefined, [], { shape, type })
    value.stored = { data, layout }
    return value
  }
}
