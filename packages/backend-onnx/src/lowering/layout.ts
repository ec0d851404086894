/**
 * The order in which a tensor's axes lie in memory: place j holds the tensor's axis layout[j]. Undefined: as they are. What
 * TensorFlow.js calls [batch, height, width, channels] is kept as [batch, channels, height, width] between convolutions, and
 * filters [height, width, in, out] as [out, in, height, width], so that nothing is transposed on the way.
 */
export type Layout = readonly number[] | undefined

export const NCHW: Layout = [0, 3, 1, 2]
export const OIHW: Layout = [3, 2, 0, 1]
/** [channels, batch, height, width]: for gradients of filters. */
export const CNHW: Layout = [3, 0, 1, 2]

/** The axes' sizes as they lie in memory. */
export function arranged(shape: readonly number[], layout: Layout): number[] {
  return layout ? layout.map((axis) => shape[axis] as number) : [...shape]
}

/** For each axis its place in memory. */
export function placesOf(layout: readonly number[]): number[] {
  const places: number[] = []
  for (const [place, axis] of layout.entries()) places[axis] = place
  return places
}

export function sameLayout(a: Layout, b: Layout): boolean {
  if (a === b) return true
  if (!a || !b) return (a ?? b)?.every((axis, place) => axis === place) ?? true
  return a.length === b.length && a.every((axis, place) => axis === b[place])
}

/** The layout, or undefined where it changes nothing. */
export function simplified(layout: readonly number[]): Layout {
  return sameLayout(layout, undefined) ? undefined : layout
}

/** Whether transposing moves nothing in memory: the axes longer than 1 keep their order. */
export function movesNothing(shape: readonly number[], permutation: readonly number[]): boolean {
  const long = permutation.filter((axis) => shape[axis] !== 1)
  return long.every((axis, i) => i === 0 || axis > (long[i - 1] as number))
}

/** Copies an array out of its layout into the tensor's own order of axes. */
export function toOwnOrder<T extends Float32Array | Int32Array | Uint8Array>(
  data: T,
  shape: readonly number[],
  layout: Layout,
): T {
  return layout ? permuted(data, arranged(shape, layout), placesOf(layout)) : data
}

/** Transposes: axis i of the result is axis permutation[i] of `data`, whose shape is `shape`. */
export function permuted<T extends Float32Array | Int32Array | Uint8Array>(
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
  const [lastSize, lastStep] = [sizes[last] as number, steps[last] as number]
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
