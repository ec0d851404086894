import { damagedError, fail } from './errors.ts'
import { toNumbers } from './numbers.ts'
import { countElements, DTYPE_BYTES, type DType, type NamedTensor, type TensorData } from './tensor.ts'

/** A tensor's window on a storage that it may share with others; offset and strides in numbers, not in bytes. */
export interface Window {
  readonly offset: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]
}

/** How many bytes may still be made of a file: a few bytes can describe a tensor of any size, each number the same. */
export interface Budget {
  left: number
}

/** Sixteen times the file, and a million bytes: more than any honest file comes to. */
export function createBudget(file: Uint8Array): Budget {
  return { left: 16 * file.length + 1_000_000 }
}

/** The tensor that a window shows: on the storage's memory where it is in one piece, else gathered. */
export function readStridedTensor(
  name: string,
  dtype: DType,
  storage: Uint8Array,
  { offset, shape, strides }: Window,
  budget: Budget,
  file: string,
): NamedTensor {
  const size = DTYPE_BYTES[dtype]
  if (shape.length !== strides.length) {
    damagedError(file, `tensor ${name} has not as many strides as sides`, `[${shape}] and [${strides}]`)
  }
  const count = countElements(shape)
  const last =
    count === 0 ? -1 : shape.reduce((sum, side, axis) => sum + (side - 1) * (strides[axis] as number), offset)
  const held = Math.floor(storage.length / size)
  if (count === undefined || last >= held) {
    fail({
      code: 'WEIGHTS_SHAPE',
      problem: `tensor ${name} reaches beyond its storage`,
      file,
      received: `shape [${shape}], strides [${strides}], offset ${offset}`,
      expected: `within ${held} numbers of ${dtype}`,
    })
  }
  const inOnePiece = count === 0 || isContiguous(shape, strides)
  if (!inOnePiece || dtype === 'float16' || dtype === 'bfloat16') spend(budget, name, 2 * size * count, file)
  const bytes = inOnePiece
    ? storage.subarray(offset * size, (offset + count) * size)
    : gather(storage, size, offset, shape, strides, count)
  return { name, dtype, shape, data: toNumbers(bytes, dtype) as TensorData }
}

function spend(budget: Budget, name: string, bytes: number, file: string): void {
  budget.left -= bytes
  if (budget.left >= 0) return
  fail({
    code: 'WEIGHTS_TOO_LARGE',
    problem: 'the tensors take far more memory than the file holds',
    file,
    received: `tensor ${name} of ${bytes} bytes, and those before it`,
    expected: 'at most 16 times the bytes of the file',
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

/** Numbers one by one in row-major order, as bytes. */
function gather(
  storage: Uint8Array,
  size: number,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
  count: number,
): Uint8Array {
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
