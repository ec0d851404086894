import type { Graph } from '../onnx/graph.ts'
import { arranged, type Layout, movesNothing, placesOf, sameLayout, simplified } from './layout.ts'
import type { NumberType, Value } from './value.ts'

/** A value's name in the graph, and how it lies in memory. */
export interface Lowered {
  readonly name: string
  readonly layout: Layout
  /** Of what is in memory: some axes may be 1 that are longer in truth (a broadcast that was not carried out). */
  readonly shape: readonly number[]
}

/** Turns values into nodes of an ONNX graph, each once, and lays them out. */
export class Lowering {
  readonly graph: Graph
  /** How many channels lie side by side in blocked images; 0: none may be used, as in a file for any runtime. */
  readonly channelBlock: number
  /** Max-pools whose gradient is in the graph too: they tell where their maxima were. */
  readonly withIndices: Set<Value> = new Set()
  /** Of those, the names of the indices. */
  readonly indices: Map<Value, string> = new Map()
  readonly #lowered = new Map<Value, Lowered>()
  readonly #arranged = new Map<Value, Map<string, Lowered>>()

  constructor(graph: Graph, channelBlock = 0) {
    this.graph = graph
    this.channelBlock = channelBlock
  }

  /** Lets a value be what is given: for inputs of the graph. */
  set(value: Value, lowered: Lowered): void {
    this.#lowered.set(value, lowered)
  }

  /** The value in whatever layout suited, maybe not broadcast yet. */
  any(value: Value): Lowered {
    let lowered = this.#lowered.get(value)
    if (!lowered) {
      if (!value.operation) throw new Error(`value ${value.id} is no input of the graph`)
      const { label } = this.graph
      this.graph.label = value.operation.name
      lowered = value.operation.lower(this, value)
      this.graph.label = label
      this.#lowered.set(value, lowered)
    }
    return lowered
  }

  /** The value in whatever layout suited, at its full size. */
  full(value: Value): Lowered {
    const lowered = this.any(value)
    const shape = arranged(value.shape, lowered.layout)
    if (sameShape(shape, lowered.shape)) return lowered
    const name = this.graph.node('Expand', [lowered.name, this.graph.integers(shape)])
    const expanded = { name, layout: lowered.layout, shape }
    this.#lowered.set(value, expanded)
    return expanded
  }

  /** The value in a layout; at its full size unless `broadcast` says that it need not be. */
  as(value: Value, layout: Layout, broadcast = false): Lowered {
    const from = broadcast ? this.any(value) : this.full(value)
    if (sameLayout(from.layout, layout)) return from
    const known = this.#arranged.get(value) ?? new Map<string, Lowered>()
    this.#arranged.set(value, known)
    const key = `${layout ?? ''}|${from.shape}`
    let found = known.get(key)
    if (!found) {
      const axes = layout ?? value.shape.map((_, axis) => axis)
      const places = from.layout && placesOf(from.layout)
      const permutation = axes.map((axis) => (places ? (places[axis] as number) : axis))
      found = {
        name: this.transpose(from.name, from.shape, permutation),
        layout,
        shape: permutation.map((axis) => from.shape[axis] as number),
      }
      known.set(key, found)
    }
    return found
  }

  /** The name of the value with its axes in their own order, at its full size. */
  plain(value: Value): string {
    return this.as(value, undefined).name
  }

  transpose(name: string, shape: readonly number[], permutation: readonly number[]): string {
    if (movesNothing(shape, permutation)) {
      return this.reshape(
        name,
        permutation.map((axis) => shape[axis] as number),
      )
    }
    return this.graph.node('Transpose', [name], { perm: permutation })
  }

  reshape(name: string, shape: readonly number[]): string {
    return this.graph.node('Reshape', [name, this.graph.integers(shape)])
  }

  /** A value of one number for all of `shape`. */
  fill(number: number, shape: readonly number[], type: NumberType): Lowered {
    const ones = shape.map(() => 1)
    const data =
      type === 'float32' ? Float32Array.of(number) : type === 'int32' ? Int32Array.of(number) : Uint8Array.of(number)
    return { name: this.graph.constant(data, type, ones), layout: undefined, shape: ones }
  }

  /**
   * An operation by elements over inputs that broadcast, in the layout of its largest input.
   *
   * @param build from the inputs' names to the result's
   */
  elementwise(value: Value, inputs: readonly Value[], build: (names: string[]) => string): Lowered {
    const rank = value.shape.length
    const layout = this.#layoutOfLargest(inputs, rank)
    const places = layout ?? value.shape.map((_, axis) => axis)
    const parts = inputs.map((input) => {
      if (input.shape.length === rank) return this.as(input, layout, true)
      const { name, shape } = this.as(input, undefined, true)
      if (shape.length === 0 || !layout) return { name, shape }
      const extended = [...Array<number>(rank - shape.length).fill(1), ...shape]
      return {
        name: this.transpose(this.reshape(name, extended), extended, places),
        shape: places.map((axis) => extended[axis] as number),
      }
    })
    const shape = places.map((_, place) =>
      Math.max(1, ...parts.map((part) => part.shape[place - (rank - part.shape.length)] ?? 1)),
    )
    return { name: build(parts.map(({ name }) => name)), layout, shape }
  }

  /** A reduction over axes of the input, whatever its layout. */
  reduce(
    input: Value,
    axes: readonly number[],
    keepDims: boolean,
    build: (name: string, axes: number[]) => string,
  ): Lowered {
    const { name, layout, shape } = this.full(input)
    const places = layout && placesOf(layout)
    const reduced = axes.map((axis) => (places ? (places[axis] as number) : axis)).sort((a, b) => a - b)
    const result = reduced.length === 0 ? name : build(name, reduced)
    if (keepDims)
      return { name: result, layout, shape: shape.map((side, place) => (reduced.includes(place) ? 1 : side)) }
    const left = input.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))
    return {
      name: result,
      layout: layout && simplified(layout.filter((axis) => !axes.includes(axis)).map((axis) => left.indexOf(axis))),
      shape: shape.filter((_, place) => !reduced.includes(place)),
    }
  }

  #layoutOfLargest(inputs: readonly Value[], rank: number): Layout {
    let [layout, largest]: [Layout, number] = [undefined, 0]
    for (const input of inputs) {
      const lowered = this.any(input)
      const size = lowered.shape.reduce((product, side) => product * side, 1)
      if (lowered.layout && input.shape.length === rank && size > largest) [layout, largest] = [lowered.layout, size]
    }
    return layout
  }
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((side, axis) => side === b[axis])
}
