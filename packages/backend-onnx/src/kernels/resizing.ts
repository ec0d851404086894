import type * as tf from '@tensorflow/tfjs-core'
import { NCHW, permute } from '../lowering/layout.ts'
import type { Operation, Value } from '../lowering/value.ts'
import { areFloats, type Kernel } from './kernel.ts'
import { asNchw } from './nchw.ts'

type Kind = 'bilinear' | 'nearest'
type Alignment = { readonly alignCorners: boolean; readonly halfPixelCenters: boolean }

/**
 * Makes the matrix that resizes one axis: row r of the result is the sum over i of matrix[r][i] times row i of the input.
 *
 * @param from size of the input
 * @param to size of the result
 * @returns [to, from], row-major
 */
function makeResizeMatrix(
  kind: Kind,
  from: number,
  to: number,
  { alignCorners, halfPixelCenters }: Alignment,
): Float32Array {
  const matrix = new Float32Array(to * from)
  const scale = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to
  for (let row = 0; row < to; row++) {
    const position = halfPixelCenters ? (row + 0.5) * scale - 0.5 : row * scale
    if (kind === 'nearest') {
      const edge = halfPixelCenters ? (row + 0.5) * scale : position
      const nearest = alignCorners ? Math.round(position) : Math.floor(edge)
      matrix[row * from + Math.max(0, Math.min(from - 1, nearest))] = 1
      continue
    }
    const low = Math.max(0, Math.floor(position))
    const high = Math.min(from - 1, Math.ceil(position))
    const add = (column: number, weight: number): void => {
      matrix[row * from + column] = (matrix[row * from + column] as number) + weight
    }
    add(low, 1 - (position - low))
    add(high, position - low)
  }
  return matrix
}

/** Makes the operation that multiplies rows and columns by a matrix each; the gradient uses the transposed matrices. */
function makeResize(name: string, kind: Kind, isGradient: boolean): Operation {
  return {
    name,
    lower(lowering, { inputs, attributes, shape }) {
      const [input] = inputs as [Value]
      const alignment = attributes as Alignment
      const { graph } = lowering
      const from = isGradient ? shape : input.shape
      const to = isGradient ? input.shape : shape
      /** Adds the matrix of an axis, or its transpose, which multiplies from the other side or back. */
      const addMatrix = (axis: 1 | 2, isTransposed: boolean): string => {
        const [fromSize, toSize] = [from[axis] as number, to[axis] as number]
        const matrix = makeResizeMatrix(kind, fromSize, toSize, alignment)
        if (!isTransposed) return graph.addConstant(matrix, 'float32', [toSize, fromSize])
        return graph.addConstant(permute(matrix, [toSize, fromSize], [1, 0]), 'float32', [fromSize, toSize])
      }
      const x = lowering.lowerAs(input, NCHW).name
      const columns = graph.addNode('MatMul', [x, addMatrix(2, !isGradient)])
      return asNchw(graph.addNode('MatMul', [addMatrix(1, isGradient), columns]), shape)
    },
  }
}

function resizeKernels(name: string, kind: Kind): readonly Kernel[] {
  const forward = makeResize(name, kind, false)
  const gradient = makeResize(`${name}Grad`, kind, true)
  return [
    {
      name,
      supports: areFloats,
      record: (backend, inputs, { alignCorners, halfPixelCenters, size }) => {
        const x = inputs['images'] as tf.TensorInfo
        const [batch, , , channels] = x.shape as [number, number, number, number]
        const shape = [batch, ...(size as [number, number]), channels]
        return backend.record(forward, [x], {
          attributes: { alignCorners: Boolean(alignCorners), halfPixelCenters: Boolean(halfPixelCenters) },
          shape,
        })
      },
    },
    {
      name: `${name}Grad`,
      supports: areFloats,
      record: (backend, inputs, { alignCorners, halfPixelCenters }) => {
        const { dy, images: x } = inputs as Record<'dy' | 'images', tf.TensorInfo>
        return backend.record(gradient, [dy], {
          attributes: { alignCorners: Boolean(alignCorners), halfPixelCenters: Boolean(halfPixelCenters) },
          shape: x.shape,
        })
      },
    },
  ]
}

/** Kernels that resize images, and their gradients. */
export const RESIZING_KERNELS: readonly Kernel[] = [
  ...resizeKernels('ResizeBilinear', 'bilinear'),
  ...resizeKernels('ResizeNearestNeighbor', 'nearest'),
]
