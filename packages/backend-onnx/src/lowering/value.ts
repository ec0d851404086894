import type { Layout } from './layout.ts'
import type { Lowered, Lowering } from './lowering.ts'

/** The types of numbers that the backend computes with; others are backend cpu's. */
export type NumberType = 'float32' | 'int32' | 'bool'
export type Numbers = Float32Array | Int32Array | Uint8Array

/** Whatever JSON can hold: it goes into the key by which a compiled graph is found again. */
export type Attributes = Readonly<Record<string, unknown>>

/** What an operation becomes in ONNX. */
export interface Operation {
  readonly name: string
  readonly lower: (lowering: Lowering, value: Value) => Lowered
  /** The places of inputs that the runtime folds or packs where they are constant: a layer's weights. */
  readonly weights?: readonly number[]
  /** Called for all values of a graph before any is lowered. */
  readonly announce?: (lowering: Lowering, value: Value) => void
}

/** Numbers in memory that nobody else holds. */
export interface Stored {
  readonly data: Numbers
  readonly layout: Layout
}

let created = 0

/**
 * A tensor's numbers: an operation still to be computed, or what is stored. Stored numbers never change: a value that is updated in
 * place hands its memory on to a new value, so that a value's `id` tells its content.
 */
export class Value {
  readonly id: number = created++
  readonly operation: Operation | undefined
  readonly attributes: Attributes
  readonly shape: readonly number[]
  readonly type: NumberType
  /** Empty once the numbers are there. */
  inputs: readonly Value[]
  stored: Stored | undefined
  /** Why the numbers could not be computed. */
  failure: Error | undefined
  /** How many tensors' data this is. */
  holders = 0
  /** Where it was recorded, in debug mode. */
  origin: string | undefined

  constructor(
    operation: Operation | undefined,
    inputs: readonly Value[],
    attributes: Attributes,
    shape: readonly number[],
    type: NumberType,
  ) {
    this.operation = operation
    this.inputs = inputs
    this.attributes = attributes
    this.shape = shape
    this.type = type
  }

  static of(data: Numbers, shape: readonly number[], type: NumberType, layout?: Layout): Value {
    const value = new Value(undefined, [], {}, shape, type)
    value.stored = { data, layout }
    return value
  }
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1)
}
