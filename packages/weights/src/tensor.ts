/** What the numbers of a tensor are in the file. */
export type DType =
  | 'float64'
  | 'float32'
  | 'float16'
  | 'bfloat16'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint8'
  | 'bool'

export type TensorData = Float64Array | Float32Array | BigInt64Array | Int32Array | Int16Array | Int8Array | Uint8Array

/** A tensor as a file holds it: plain numbers, in no library's own form. */
export interface NamedTensor {
  readonly name: string
  /** As in the file. */
  readonly dtype: DType
  /** One side an axis; none for a single number. */
  readonly shape: readonly number[]
  /**
   * Row-major, as many as the product of `shape`. An array of the type that `dtype` names, but a Float32Array for `float16` and
   * `bfloat16`, and bytes 0 and 1 for `bool`. It may share its memory with the bytes that were read.
   */
  readonly data: TensorData
}

/** Bytes of one number. */
export const DTYPE_BYTES: Readonly<Record<DType, number>> = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
}

/** How many numbers a shape holds; undefined where that is beyond what can be counted. */
export function countElements(shape: readonly number[]): number | undefined {
  if (shape.includes(0)) return 0
  const count = shape.reduce((product, side) => product * side, 1)
  return Number.isSafeInteger(count) ? count : undefined
}
