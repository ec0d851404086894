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

/** Transposes: axis i of the result is axis permutation[i] of `data`, whose shape is `shape`. */
export function permute<T extends Float32Array | Int32Array | Uint8Array>(
  data: T,
  shape: readonly number[],
  permutation: readonly number[],
): T {
  const result = new (data.constructor as new (length: number) => T)(data.length)
  const strides: number[] = []
  let stride = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride
    stride *= shape[axis] as number
  }
  const sizes = permutation.map((axis) => shape[axis] as number)
  const steps = permutation.map((axis) => strides[axis] as number)
  const last = sizes.length - 1
  const lastSize = sizes[last] as number
  const lastStep = steps[last] as number
  let to = 0
  const copy = (axis: number, from: number): void => {
    if (axis === last) {
      for (let i = 0; i < lastSize; i++) result[to++] = data[from + i * lastStep] as number
      return
    }
    for (let i = 0; i < (sizes[axis] as number); i++) copy(axis + 1, from + i * (steps[axis] as number))
  }
  copy(0, 0)
  return result
}
