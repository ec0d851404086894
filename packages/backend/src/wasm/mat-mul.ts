import type * as tf from '@tensorflow/tfjs'
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
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
      return runInScope(call.backend as BackendWasm, (scope) => {
        const left = toMatrix(scope, a)
        const right = toMatrix(scope, b)
        const output = product(scope, left, right, transposeA, transposeB, rows, columns, original, call)
        return scope.reshape(output, [...a.shape.slice(0, -2), rows, columns])
      })
    },
  }
}

function product(
  scope: Scope,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
  rows: number,
  columns: number,
  original: tf.KernelConfig,
  call: Parameters<tf.KernelConfig['kernelFunc']>[0],
): tf.TensorInfo {
  const multiply = (left: tf.TensorInfo, right: tf.TensorInfo): tf.TensorInfo => {
    const attrs = { ...call.attrs, transposeA: false, transposeB: false }
    return scope.track(original.kernelFunc({ ...call, inputs: { a: left, b: right }, attrs }) as tf.TensorInfo)
  }
  const left = transposeA ? transpose(scope, a) : a
  if (!transposeB) return rows <= FEW_ROWS ? multiplyFewRows(scope, left, b) : multiply(left, b)
  // a b^T = (b a^T)^T: the larger of the two stays as it is.
  return columns > rows ? transpose(scope, multiply(b, transpose(scope, left))) : multiply(left, transpose(scope, b))
}

/** [rows, shared] by [shared, columns], reading the right matrix once for each four rows. */
function multiplyFewRows(scope: Scope, a: tf.TensorInfo, b: tf.TensorInfo): tf.TensorInfo {
  const [, rows, shared] = a.shape as [number, number, number]
  const columns = b.shape[2] as number
  const result = scope.make([1, rows, columns])
  const { fround } = Math // lets the compiler use single precision
  const [left, right, out] = [scope.numbers(a), scope.numbers(b), scope.numbers(result).fill(0)]
  for (let row = 0; row < rows; row += 4) {
    // Rows beyond the last are given weight 0 and the last row's place, which they leave as it is.
    const at = [0, 1, 2, 3].map((i) => Math.min(row + i, rows - 1)) as [number, number, number, number]
    const [o0, o1, o2, o3] = at.map((i) => i * columns) as [number, number, number, number]
    const weight = (i: number, k: number): number =>
      row + i < rows ? (left[(at[i] as number) * shared + k] as number) : 0
    for (let k = 0; k < shared; k++) {
      const [w0, w1, w2, w3] = [weight(0, k), weight(1, k), weight(2, k), weight(3, k)]
      const from = k * columns
      for (let j = 0; j < columns; j++) {
        const value = right[from + j] as number
        out[o0 + j] = fround((out[o0 + j] as number) + fround(w0 * value))
        out[o1 + j] = fround((out[o1 + j] as number) + fround(w1 * value))
        out[o2 + j] = fround((out[o2 + j] as number) + fround(w2 * value))
        out[o3 + j] = fround((out[o3 + j] as number) + fround(w3 * value))
      }
    }
  }
  return result
}

function transpose(scope: Scope, x: tf.TensorInfo): tf.TensorInfo {
  return scope.run('Transpose', { x }, { perm: [0, 2, 1] })
}

function toMatrix(scope: Scope, x: tf.TensorInfo): tf.TensorInfo {
  return scope.reshape(x, [1, x.shape.at(-2) as number, x.shape.at(-1) as number])
}

/** Of two dimensions, or with ones before them. */
function isMatrix(x: tf.TensorInfo): boolean {
  return x.shape.length >= 2 && x.shape.slice(0, -2).every((side) => side === 1)
}
