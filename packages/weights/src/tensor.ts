/** Data type of a tensor in its file. */
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

/** Numbers of a tensor. */
export type TensorData = Float64Array | Float32Array | BigInt64Array | Int32Array | Int16Array | Int8Array | Uint8Array

/** A tensor of a file: plain numbers, in no library's own form. */
export interface NamedTensor {
  readonly name: string
  /** Data type in the file; that of quantized weights of TensorFlow.js is the type that they are decoded to. */
  readonly dtype: DType
  /** One side per axis; empty for a single number. */
  readonly shape: readonly number[]
  /**
   * Row-major numbers, as many as the product of `shape`: an array of the type that `dtype` names, but a Float32Array for `float16` and
   * `bfloat16`, and bytes 0 and 1 for `bool`. It may share its memory with the bytes of the file.
   */
  readonly data: TensorData
}

/** An entry of a file that was not read. */
export interface SkippedEntry {
  readonly name: string
  /** What it is, such as `None` or `dtype U64`. */
  readonly reason: string
}

/** Tensors of a file, what was chosen to get them, and what was skipped. */
export interface WeightsContent {
  readonly tensors: readonly NamedTensor[]
  /** Key of the state_dict in its file, such as `model.state_dict`; empty if the whole file is the state_dict. */
  readonly key: string
  /** Keys of the other state_dicts of the file, which option `key` reads. */
  readonly otherKeys: readonly string[]
  /** Texts that were removed from the names, such as `module.`. */
  readonly removed: readonly string[]
  /** Entries that are not tensors, have an unsupported data type, or lack the prefix. */
  readonly skipped: readonly SkippedEntry[]
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

/** Counts the numbers of a shape; undefined if the count is beyond 2^53. */
export function countElements(shape: readonly number[]): number | undefined {
  if (shape.includes(0)) return 0
  const count = shape.reduce((product, side) => product * side, 1)
  return Number.isSafeInteger(count) ? count : undefined
}
