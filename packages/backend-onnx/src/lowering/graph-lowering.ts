import type { Graph } from '../onnx/graph.ts'
import {
  inversePermutation,
  isNoopTranspose,
  isSameLayout,
  type Layout,
  simplifyLayout,
  toMemoryShape,
} from './layout.ts'
import { countElements, isSameShape } from './shape.ts'
import type { Lowered, Lowering, NumberType, Value } from './value.ts'

/** A value's name in the graph, and its shape in memory. */
type Reshaped = Pick<Lowered, 'name' | 'shape'>

/** Lowers values into one {@link Graph}. */
export class GraphLowering implements Lowering {
  readonly graph: Graph
  readonly channelBlock: number
  readonly poolsWithIndices: Set<Value> = new Set()
  readonly poolIndices: Map<Value, string> = new Map()
  readonly #lowered = new Map<Value, Lowered>()
  readonly #useCounts = new Map<Value, number>()
  readonly #reshaped = new Map<string, Reshaped>()
  readonly #transposed = new Map<Value, Map<string, Lowered>>()

  constructor(graph: Graph, channelBlock = 0) {
    this.graph = graph
    this.channelBlock = channelBlock
  }

  /** Sets what a value is lowered to: for inputs of the graph. */
  set(value: Value, lowered: Lowered): void {
    this.#lowered.set(value, lowered)
  }

  /** Lowers values in order, after all were announced; stored ones must be set before. `targets` are among them. */
  lowerAll(values: readonly Value[], targets: readonly Value[]): void {
    for (const used of [...targets, ...values.flatMap(({ stored, inputs }) => (stored ? [] : inputs))]) {
      this.#useCounts.set(used, (this.#useCounts.get(used) ?? 0) + 1)
    }
    for (const value of values) if (!value.stored) value.operation?.announce?.(this, value)
    for (const value of values) if (!value.stored) this.lower(value)
  }

  isUsedOnce(value: Value): boolean {
    return this.#useCounts.get(value) === 1
  }

  lower(value: Value): Lowered {
    let lowered = this.#lowered.get(value)
    if (!lowered) {
      if (!value.operation) throw new Error(`value ${value.id} is not an input of the graph`)
      const { label } = this.graph
      this.graph.label = value.operation.name
      lowered = value.operation.lower(this, value)
      this.graph.label = label
      this.#lowered.set(value, lowered)
    }
    return lowered
  }

  lowerFull(value: Value): Lowered {
    const lowered = this.lower(value)
    const shape = toMemoryShape(value.shape, lowered.layout)
    if (isSameShape(shape, lowered.shape)) return lowered
    const name = this.graph.addNode('Expand', [lowered.name, this.graph.addIntegers(shape)])
    const expanded = { name, layout: lowered.layout, shape }
    this.#lowered.set(value, expanded)
    return expanded
  }

  lowerAs(value: Value, layout: Layout, broadcast = false): Lowered {
    const from = broadcast ? this.lower(value) : this.lowerFull(value)
    if (isSameLayout(from.layout, layout)) return from
    const transposed = this.#transposed.get(value) ?? new Map<string, Lowered>()
    this.#transposed.set(value, transposed)
    const key = `${layout ?? ''}|${from.shape}`
    let result = transposed.get(key)
    if (!result) {
      const axes = layout ?? value.shape.map((_, axis) => axis)
      const permutation = toPositions(axes, from.layout)
      result = {
        name: this.transpose(from.name, from.shape, permutation),
        layout,
        shape: permutation.map((axis) => from.shape[axis] as number),
      }
      transposed.set(key, result)
    }
    return result
  }

  lowerPlain(value: Value): string {
    return this.lowerAs(value, undefined).name
  }

  transpose(name: string, shape: readonly number[], permutation: readonly number[]): string {
    if (isNoopTranspose(shape, permutation)) {
      return this.reshape(
        name,
        permutation.map((axis) => shape[axis] as number),
        shape,
      )
    }
    return this.graph.addNode('Transpose', [name], { perm: permutation })
  }

  reshape(name: string, shape: readonly number[], from?: readonly number[]): string {
    const reshaped = this.graph.addNode('Reshape', [name, this.graph.addIntegers(shape)])
    if (from) this.#reshaped.set(reshaped, { name, shape: from })
    return reshaped
  }

  /** Returns what a value was reshaped from, if that is known, else the value: the same numbers in memory. */
  beforeReshape(value: Reshaped): Reshaped {
    const source = this.#reshaped.get(value.name)
    return source ? this.beforeReshape(source) : value
  }

  fill(number: number, shape: readonly number[], type: NumberType): Lowered {
    const ones = shape.map(() => 1)
    return { name: this.graph.addScalar(number, type, ones), layout: undefined, shape: ones }
  }

  elementwise(value: Value, inputs: readonly Value[], build: (names: string[]) => string): Lowered {
    const rank = value.shape.length
    const layout = this.#findLargestLayout(inputs, rank)
    const axes = layout ?? value.shape.map((_, axis) => axis)
    const parts = inputs.map((input) => {
      if (input.shape.length === rank) return this.lowerAs(input, layout, true)
      const { name, shape } = this.lowerAs(input, undefined, true)
      if (shape.length === 0 || !layout) return { name, shape }
      const extended = [...Array<number>(rank - shape.length).fill(1), ...shape]
      return {
        name: this.transpose(this.reshape(name, extended), extended, axes),
        shape: axes.map((axis) => extended[axis] as number),
      }
    })
    const shape = axes.map((_, position) =>
      Math.max(1, ...parts.map((part) => part.shape[position - (rank - part.shape.length)] ?? 1)),
    )
    return { name: build(parts.map(({ name }) => name)), layout, shape }
  }

  reduce(
    input: Value,
    axes: readonly number[],
    keepDims: boolean,
    build: (name: string, axes: number[]) => string,
  ): Lowered {
    const { name, layout, shape } = this.lowerFull(input)
    const reduced = toPositions(axes, layout).sort((a, b) => a - b)
    const result = reduced.length === 0 ? name : build(name, reduced)
    if (keepDims) {
      return { name: result, layout, shape: shape.map((side, position) => (reduced.includes(position) ? 1 : side)) }
    }
    const left = input.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
    return {
      name: result,
      layout: layout && simplifyLayout(layout.filter((axis) => !axes.includes(axis)).map((axis) => left.indexOf(axis))),
      shape: shape.filter((_, position) => !reduced.includes(position)),
    }
  }

  /** Returns the layout of the largest input of this rank that has one. */
  #findLargestLayout(inputs: readonly Value[], rank: number): Layout {
    let layout: Layout
    let largest = 0
    for (const input of inputs) {
      const lowered = this.lower(input)
      const size = countElements(lowered.shape)
      if (lowered.layout && input.shape.length === rank && size > largest) {
        layout = lowered.layout
        largest = size
      }
    }
    return layout
  }
}

/** Returns the positions in memory of a tensor's axes. */
function toPositions(axes: readonly number[], layout: Layout): number[] {
  if (!layout) return [...axes]
  const positions = inversePermutation(layout)
  return axes.map((axis) => positions[axis] as number)
}
