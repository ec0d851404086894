import { damagedError, fail } from './errors.ts'
import { toNumbers } from './numbers.ts'
import { countElements, DTYPE_BYTES, type DType, type NamedTensor, type TensorData } from './tensor.ts'

/** Most sides of a tensor; PyTorch allows 64 as well. */
export const MAX_RANK = 64

/** Part of a storage that a tensor shows, which others may share; offset and strides in numbers. */
export interface Window {
  readonly offset: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]
}

/** Bytes that may still be made from a file. A few bytes can describe a tensor of any size that repeats one number. */
export interface Budget {
  left: number
}

/** Creates a budget of 16 times the file and 1 MB, more than any honest file needs. */
export function createBudget(file: Uint8Array): Budget {
  return { left: 16 * file.length + 1_000_000 }
}

/**
 * Subtracts bytes from a budget.
 *
 * @throws FacekpError `WEIGHTS_TOO_LARGE` if too few are left
 */
export function spend(budget: Budget, bytes: number, what: string, file: string): void {
  budget.left -= bytes
  if (budget.left >= 0) return
  fail({
    code: 'WEIGHTS_TOO_LARGE',
    problem: 'the content needs far more memory than the file',
    file,
    received: `${what} of ${bytes} bytes, and what comes before it`,
    expected: 'at most 16 times the bytes of the file',
  })
}

/** A tensor as a window on bytes. */
export interface StridedTensor {
  readonly name: string
  readonly dtype: DType
  readonly storage: Uint8Array
  readonly window: Window
}

/**
 * Reads a tensor: shares the memory of its storage if it is contiguous, else gathers its numbers.
 *
 * @param budget bytes that may be made
 * @throws FacekpError `WEIGHTS_SHAPE` if the window exceeds its storage, `WEIGHTS_DAMAGED`, `WEIGHTS_TOO_LARGE`
 */
export function readStridedTensor(tensor: StridedTensor, budget: Budget, file: string): NamedTensor {
  const { name, dtype, storage, window } = tensor
  const { offset, shape, strides } = window
  const size = DTYPE_BYTES[dtype]
  const count = checkWindow(tensor, file)
  const isShared = count === 0 || isContiguous(shape, strides)
  if (!isShared || dtype === 'float16' || dtype === 'bfloat16') spend(budget, 2 * size * count, `tensor ${name}`, file)
  const bytes = isShared ? storage.subarray(offset * size, (offset + count) * size) : gather(tensor, count)
  return { name, dtype, shape, data: toNumbers(bytes, dtype) as TensorData }
}

/** Checks that a window is within its storage; returns the count of its numbers. */
function checkWindow(
  { name, dtype, storage, window: { offset, shape, strides } }: StridedTensor,
  file: string,
): number {
  if (shape.length !== strides.length || shape.length > MAX_RANK) {
    damagedError(
      file,
      `tensor ${name} needs one stride per side and at most ${MAX_RANK} sides`,
      `${shape.length} sides, ${strides.length} strides`,
    )
  }
  const count = countElements(shape)
  const last =
    count === 0 ? -1 : shape.reduce((sum, side, axis) => sum + (side - 1) * (strides[axis] as number), offset)
  const available = Math.floor(storage.length / DTYPE_BYTES[dtype])
  if (count !== undefined && last < available) return count
  return fail({
    code: 'WEIGHTS_SHAPE',
    problem: `tensor ${name} exceeds its storage`,
    file,
    received: `shape [${shape}], strides [${strides}], offset ${offset}`,
    expected: `at most ${available} numbers of ${dtype}`,
  })
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const side = shape[axis] as number
    if (side !== 1 && strides[axis] !== expected) return false
    expected *= side
  }
  return true
}

/** Copies the numbers of a window one by one, row-major, as bytes. */
function gather({ dtype, storage, window: { offset, shape, strides } }: StridedTensor, count: number): Uint8Array {
  const size = DTYPE_BYTES[dtype]
  const gathered = new Uint8Array(count * size)
  const index = shape.map(() => 0)
  let from = offset * size
  for (let to = 0; to < gathered.length; to += size) {
    for (let byte = 0; byte < size; byte++) gathered[to + byte] = storage[from + byte] as number
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const stride = (strides[axis] as number) * size
      index[axis] = (index[axis] as number) + 1
      from += stride
      if ((index[axis] as number) < (shape[axis] as number)) break
      from -= stride * (shape[axis] as number)
      index[axis] = 0
    }
  }
  return gathered
}
