/**
 * The order of a tensor's axes in memory: position j holds the tensor's axis layout[j]; undefined is the tensor's own order.
 * Images, [batch, height, width, channels] in TensorFlow.js, stay [batch, channels, height, width] between convolutions, and
 * filters, [height, width, in, out], stay [out, in, height, width], so that nothing is transposed in between.
 */
export type Layout = readonly number[] | undefined

export const NCHW: Layout = [0, 3, 1, 2]
export const OIHW: Layout = [3, 2, 0, 1]
/** [channels, batch, height, width]: for gradients of filters. */
export const CNHW: Layout = [3, 0, 1, 2]

/** Returns the sizes of the axes in memory order. */
export function toMemoryShape(shape: readonly number[], layout: Layout): number[] {
  return layout ? layout.map((axis) => shape[axis] as number) : [...shape]
}

/** Returns the position of each axis in memory. */
export function inversePermutation(permutation: readonly number[]): number[] {
  const positions: number[] = []
  for (const [position, axis] of permutation.entries()) positions[axis] = position
  return positions
}

export function isSameLayout(a: Layout, b: Layout): boolean {
  if (a === b) return true
  if (!a || !b) return (a ?? b)?.every((axis, position) => axis === position) ?? true
  return a.length === b.length && a.every((axis, position) => axis === b[position])
}

/** Returns the layout, or undefined if it is the tensor's own order. */
export function simplifyLayout(layout: readonly number[]): Layout {
  return isSameLayout(layout, undefined) ? undefined : layout
}

/** Returns whether a transposition moves nothing in memory: the axes longer than 1 keep their order. */
export function isNoopTranspose(shape: readonly number[], permutation: readonly number[]): boolean {
  const long = permutation.filter((axis) => shape[axis] !== 1)
  return long.every((axis, i) => i === 0 || axis > (long[i - 1] as number))
}

/** Returns the numbers in the tensor's order of axes: the same array if it already has this order, otherwise a copy. */
export function toTensorOrder<T extends Float32Array | Int32Array | Uint8Array>(
  data: T,
  shape: readonly number[],
  layout: Layout,
): T {
  return layout ? permute(data, toMemoryShape(shape, layout), inversePermutation(layout)) : data
}

/** Numbers of a row that are transposed together: they, and what lies beside them in memory, fit a processor's cache. */
const TILE = 256

/** An axis with the distances of its elements in memory before and after a transposition. */
interface Axis {
  readonly size: number
  readonly from: number
  readonly to: number
}

const NO_AXIS: Axis = { size: 1, from: 0, to: 0 }

/** Transposes: axis i of the result is axis permutation[i] of `data`, whose shape is `shape`. */
export function permute<T extends Float32Array | Int32Array | Uint8Array>(
  data: T,
  shape: readonly number[],
  permutation: readonly number[],
): T {
  const result = new (data.constructor as new (length: number) => T)(data.length)
  const fromSteps = computeSteps(shape)
  const toSteps = computeSteps(permutation.map((axis) => shape[axis] as number))
  // Both arrays are passed through with short steps: many numbers would else cost an access to memory each.
  const axes = permutation
    .map(
      (axis, i): Axis => ({ size: shape[axis] as number, from: fromSteps[axis] as number, to: toSteps[i] as number }),
    )
    .filter(({ size }) => size !== 1)
    .sort((a, b) => b.from - a.from)
  const column = axes.pop() ?? NO_AXIS
  const row = axes.find(({ to }) => to === 1) ?? NO_AXIS
  const outer = axes.filter((axis) => axis !== row)

  const copy = (depth: number, from: number, to: number): void => {
    const axis = outer[depth]
    if (!axis) {
      copyTransposed(data, result, { row, column, from, to })
      return
    }
    for (let i = 0; i < axis.size; i++) copy(depth + 1, from + i * axis.from, to + i * axis.to)
  }
  copy(0, 0, 0)
  return result
}

/** Returns the distance in memory between the elements of each axis. */
function computeSteps(shape: readonly number[]): number[] {
  const steps: number[] = []
  let step = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    steps[axis] = step
    step *= shape[axis] as number
  }
  return steps
}

/** Copies a matrix from one place to another; its rows lie in one piece there, its columns here. */
function copyTransposed<T extends Float32Array | Int32Array | Uint8Array>(
  data: T,
  result: T,
  { row, column, from, to }: { readonly row: Axis; readonly column: Axis; readonly from: number; readonly to: number },
): void {
  for (let start = 0; start < row.size; start += TILE) {
    const end = Math.min(start + TILE, row.size)
    for (let j = 0; j < column.size; j++) {
      const source = from + j * column.from
      const target = to + j * column.to
      for (let i = start; i < end; i++) result[target + i * row.to] = data[source + i * row.from] as number
    }
  }
}
