import * as tf from '@tensorflow/tfjs-core'
import { countElements } from '../lowering/shape.ts'
import type { Lowering, Operation, Value } from '../lowering/value.ts'
import type { OnnxBackend } from '../onnx-backend.ts'
import { applyBiasAndActivation } from './bias-and-activation.ts'
import { areFloats, type Kernel } from './kernel.ts'

const matMul: Operation = {
  name: 'MatMul',
  weights: [1],
  lower(lowering, { inputs, attributes, shape }) {
    const [a, b] = inputs.map((input) => lowering.lowerPlain(input)) as [string, string]
    const { transposeA, transposeB } = attributes as { transposeA: boolean; transposeB: boolean }
    const transposition = { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 }
    const isTransposed = transposeA || transposeB
    const areMatrices = inputs.every((input) => countElements(input.shape.slice(0, -2)) === 1)
    // Gemm packs a constant second factor; it accepts matrices only.
    if (areMatrices && isTransposed) {
      const [first, second] = inputs as [Value, Value]
      const toMatrix = (name: string, { shape: fullShape }: Value): string =>
        fullShape.length === 2 ? name : lowering.reshape(name, fullShape.slice(-2))
      const product = lowering.graph.addNode('Gemm', [toMatrix(a, first), toMatrix(b, second)], transposition)
      return { name: shape.length === 2 ? product : lowering.reshape(product, shape), layout: undefined, shape }
    }
    // The runtime fuses the transpositions with the product.
    const names = [
      transposeA ? transposeMatrices(lowering, a, inputs[0] as Value) : a,
      transposeB ? transposeMatrices(lowering, b, inputs[1] as Value) : b,
    ]
    return { name: lowering.graph.addNode('MatMul', names), layout: undefined, shape }
  },
}

/** Swaps the last two axes. */
function transposeMatrices({ graph }: Lowering, name: string, { shape }: Value): string {
  const axes = shape.map((_, axis) => axis)
  return graph.addNode('Transpose', [name], { perm: [...axes.slice(0, -2), ...axes.slice(-2).reverse()] })
}

interface MatMulAttributes {
  readonly transposeA: boolean
  readonly transposeB: boolean
}

/** Returns the last two sizes of a shape, swapped if the matrix is transposed. */
function getMatrixShape(shape: readonly number[], isTransposed: boolean): [number, number] {
  const [rows, columns] = shape.slice(-2) as [number, number]
  return isTransposed ? [columns, rows] : [rows, columns]
}

function recordMatMul(
  backend: OnnxBackend,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  { transposeA, transposeB }: MatMulAttributes,
): tf.TensorInfo {
  for (const { shape } of [a, b]) {
    tf.util.assert(
      shape.length >= 2,
      () => `Error in matMul: inputs must have rank at least 2, got a shape of [${shape}].`,
    )
  }
  const [rows, inner] = getMatrixShape(a.shape, transposeA)
  const [innerB, columns] = getMatrixShape(b.shape, transposeB)
  tf.util.assert(
    inner === innerB,
    () =>
      `Error in matMul: inner shapes (${inner}) and (${innerB}) of Tensors with shapes ${a.shape} and ${b.shape} and transposeA=${transposeA} and transposeB=${transposeB} must match.`,
  )
  const batch = tf.backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2))
  return backend.record(matMul, [a, b], { attributes: { transposeA, transposeB }, shape: [...batch, rows, columns] })
}

const einsum: Operation = {
  name: 'Einsum',
  lower: (lowering, { inputs, attributes, shape }) => ({
    name: lowering.graph.addNode(
      'Einsum',
      inputs.map((input) => lowering.lowerPlain(input)),
      { equation: attributes['equation'] as string },
    ),
    layout: undefined,
    shape,
  }),
}

/** Kernels of matrix products: dense layers. */
export const MATMUL_KERNELS: readonly Kernel[] = [
  {
    name: 'BatchMatMul',
    supports: areFloats,
    record: (backend, inputs, { transposeA, transposeB }) => {
      const { a, b } = inputs as { a: tf.TensorInfo; b: tf.TensorInfo }
      return recordMatMul(backend, a, b, { transposeA: Boolean(transposeA), transposeB: Boolean(transposeB) })
    },
  },
  {
    name: '_FusedMatMul',
    supports: areFloats,
    record: (backend, inputs, attributes) => {
      const { a, b } = inputs as { a: tf.TensorInfo; b: tf.TensorInfo }
      const transposeA = Boolean(attributes['transposeA'])
      const transposeB = Boolean(attributes['transposeB'])
      const product = recordMatMul(backend, a, b, { transposeA, transposeB })
      return applyBiasAndActivation(backend, product, inputs, attributes)
    },
  },
  {
    name: 'Einsum',
    supports: areFloats,
    record: (backend, inputs, { equation }) => {
      const factors = Object.values(inputs)
      const { allDims, summedDims, idDims } = tf.backend_util.decodeEinsumEquation(equation, factors.length)
      tf.backend_util.checkEinsumDimSizes(allDims.length, idDims, factors as tf.Tensor[])
      // The axes of the result come first, in its order.
      const sizes = allDims.map((_, dimension) => {
        const factor = idDims.findIndex((dimensions) => dimensions.includes(dimension))
        return (factors[factor] as tf.TensorInfo).shape[(idDims[factor] as number[]).indexOf(dimension)] as number
      })
      const shape = sizes.slice(0, sizes.length - summedDims.length)
      return backend.record(einsum, factors, { attributes: { equation: equation.replaceAll(' ', '') }, shape })
    },
  },
]
