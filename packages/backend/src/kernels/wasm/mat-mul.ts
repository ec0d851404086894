import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type * as tf from '@tensorflow/tfjs-core'
import { runInScope, type Scope } from './scope.ts'

interface MatMulAttributes {
  readonly transposeA: boolean
  readonly transposeB: boolean
}

/** Up to this number of rows, the backend's packing of the right matrix takes longer than the product. */
const FEW_ROWS = 8

/**
 * Wraps `BatchMatMul` for products of two matrices (dense layers and their gradients). The original kernel is fast only if neither
 * matrix is transposed and the left one has many rows; all other shapes still go to it.
 */
export function matMul(original: tf.KernelConfig): tf.KernelConfig {
  return {
    ...original,
    kernelFunc(call) {
      const { a, b } = call.inputs as Record<'a' | 'b', tf.TensorInfo>
      const { transposeA, transposeB } = call.attrs as unknown as MatMulAttributes
      const plain = a.dtype === 'float32' && b.dtype === 'float32' && isMatrix(a) && isMatrix(b)
      const shared = a.shape.at(transposeA ? -2 : -1)
      if (!plain || shared !== b.shape.at(transposeB ? -1 : -2)) return original.kernelFunc(call)
      const rows = a.shape.at(transposeA ? -1 : -2) as number
      const columns = b.shape.at(transposeB ? -2 : -1) as number
      const attrs = { ...call.attrs, transposeA: false, transposeB: false }
      return runInScope(call.backend as BackendWasm, (scope) => {
        const multiply: Multiply = (left, right) =>
          scope.track(original.kernelFunc({ ...call, inputs: { a: left, b: right }, attrs }) as tf.TensorInfo)
        const left = transposeA ? transpose(scope, toMatrix(scope, a)) : toMatrix(scope, a)
        const right = toMatrix(scope, b)
        const output = (transposeB ? multiplyByTransposed : multiplyByPlain)(scope, left, right, multiply)
        const ones = Array<number>(Math.max(a.shape.length, b.shape.length) - 2).fill(1)
        return scope.reshape(output, [...ones, rows, columns])
      })
    },
  }
}

/** The original kernel on two matrices, neither of them transposed. */
type Multiply = (left: tf.TensorInfo, right: tf.TensorInfo) => tf.TensorInfo

/** Multiplies [1, rows, shared] by [1, shared, columns]. */
function multiplyByPlain(scope: Scope, a: tf.TensorInfo, b: tf.TensorInfo, multiply: Multiply): tf.TensorInfo {
  return (a.shape[1] as number) <= FEW_ROWS ? multiplyFewRows(scope, a, b) : multiply(a, b)
}

/** Multiplies [1, rows, shared] by the transpose of [1, columns, shared]. */
function multiplyByTransposed(scope: Scope, a: tf.TensorInfo, b: tf.TensorInfo, multiply: Multiply): tf.TensorInfo {
  const isBLarger = (b.shape[1] as number) > (a.shape[1] as number)
  // a b^T = (b a^T)^T: the smaller of the two is transposed.
  return isBLarger ? transpose(scope, multiply(b, transpose(scope, a))) : multiply(a, transpose(scope, b))
}

/** Multiplies [1, rows, shared] by [1, shared, columns] and reads the right matrix once per four rows. */
function multiplyFewRows(scope: Scope, a: tf.TensorInfo, b: tf.TensorInfo): tf.TensorInfo {
  const [, rows, shared] = a.shape as [number, number, number]
  const columns = b.shape[2] as number
  const result = scope.make([1, rows, columns])
  const { fround } = Math // lets the compiler use single precision
  const [left, right, out] = scope.numbers(a, b, result)
  const block = new Float32Array(4 * columns)
  const [o0, o1, o2, o3] = [0, columns, 2 * columns, 3 * columns]
  for (let row = 0; row < rows; row += 4) {
    block.fill(0)
    // Rows beyond the last one are computed with weight 0 and not copied.
    const weight = (i: number, k: number): number => (row + i < rows ? (left[(row + i) * shared + k] as number) : 0)
    for (let k = 0; k < shared; k++) {
      const [w0, w1, w2, w3] = [weight(0, k), weight(1, k), weight(2, k), weight(3, k)]
      const from = k * columns
      for (let j = 0; j < columns; j++) {
        const value = right[from + j] as number
        block[o0 + j] = fround((block[o0 + j] as number) + fround(w0 * value))
        block[o1 + j] = fround((block[o1 + j] as number) + fround(w1 * value))
        block[o2 + j] = fround((block[o2 + j] as number) + fround(w2 * value))
        block[o3 + j] = fround((block[o3 + j] as number) + fround(w3 * value))
      }
    }
    out.set(block.subarray(0, Math.min(4, rows - row) * columns), row * columns)
  }
  return result
}

function transpose(scope: Scope, x: tf.TensorInfo): tf.TensorInfo {
  return scope.run('Transpose', { x }, { perm: [0, 2, 1] })
}

function toMatrix(scope: Scope, x: tf.TensorInfo): tf.TensorInfo {
  return scope.reshape(x, [1, x.shape.at(-2) as number, x.shape.at(-1) as number])
}

/** Tests whether `x` has two dimensions, or only ones before the last two. */
function isMatrix(x: tf.TensorInfo): boolean {
  return x.shape.length >= 2 && x.shape.slice(0, -2).every((side) => side === 1)
}
