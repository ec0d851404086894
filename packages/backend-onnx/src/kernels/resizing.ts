import type * as tf from '@tensorflow/tfjs'
import { NCHW } from '../lowering/layout.ts'
import type { Operation, Value } from '../lowering/value.ts'
import { areFloats, type Kernel } from './kernel.ts'
import { asNchw } from './nchw.ts'

type Kind = 'bilinear' | 'nearest'
type Alignment = { readonly alignCorners: boolean; readonly halfPixelCenters: boolean }

/** Row r of the result is sum over i of matrix[r][i] times row i of the input: [to, from], row-major. */
export function resizeMatrix(
  kind: Kind,
  from: number,
  to: number,
  { alignCorners, halfPixelCenters }: Alignment,
): Float32Array {
  const matrix = new Float32Array(to * from)
  const scale = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to
  for (let row = 0; row < to; row++) {
    const place = halfPixelCenters ? (row + 0.5) * scale - 0.5 : row * scale
    if (kind === 'nearest') {
      const nearest = alignCorners ? Math.round(place) : Math.floor(halfPixelCenters ? (row + 0.5) * scale : place)
      matrix[row * from + Math.max(0, Math.min(from - 1, nearest))] = 1
      continue
    }
    const low = Math.max(0, Math.floor(place))
    const high = Math.min(from - 1, Math.ceil(place))
    const add = (column: number, weight: number): void => {
      matrix[row * from + column] = (matrix[row * from + column] as number) + weight
    }
    add(low, 1 - (place - low))
    add(high, place - low)
  }
  return matrix
}

/** Resizing is linear along each axis: rows and columns by a matrix, and the gradient by the same matrices turned. */
function separable(name: string, kind: Kind, isGradient: boolean): Operation {
  return {
    name,
    lower(lowering, { inputs, attributes, shape }) {
      const [input] = inputs as [Value]
      const alignment = attributes as Alignment
      const { graph } = lowering
      const [small, large] = isGradient ? [shape, input.shape] : [input.shape, shape]
      const matrix = (axis: 1 | 2): string =>
        graph.addConstant(resizeMatrix(kind, small[axis] as number, large[axis] as number, alignment), 'float32', [
          large[axis] as number,
          small[axis] as number,
        ])
      const multiply = (a: string, b: string, transA: boolean, transB: boolean): string =>
        transA || transB
          ? graph.addNode('FusedMatMul', [a, b], { transA: transA ? 1 : 0, transB: transB ? 1 : 0 }, 'com.microsoft')
          : graph.addNode('MatMul', [a, b])
      const x = lowering.lowerAs(input, NCHW).name
      const columns = multiply(x, matrix(2), false, !isGradient)
      const rows = isGradient ? graph.addNode('Transpose', [matrix(1)], { perm: [1, 0] }) : matrix(1)
      return asNchw(multiply(rows, columns, false, false), shape)
    },
  }
}

function kernels(name: string, kind: Kind): readonly Kernel[] {
  const [forward, backward] = [separable(name, kind, false), separable(`${name}Grad`, kind, true)]
  const takes: Kernel['supports'] = areFloats
  return [
    {
      name,
      supports: takes,
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
      supports: takes,
      record: (backend, inputs, { alignCorners, halfPixelCenters }) => {
        const { dy, images: x } = inputs as Record<'dy' | 'images', tf.TensorInfo>
        return backend.record(backward, [dy], {
          attributes: { alignCorners: Boolean(alignCorners), halfPixelCenters: Boolean(halfPixelCenters) },
          shape: x.shape,
        })
      },
    },
  ]
}

/** Images of another size, and the gradients. */
export const RESIZING_KERNELS: readonly Kernel[] = [
  ...kernels('ResizeBilinear', 'bilinear'),
  ...kernels('ResizeNearestNeighbor', 'nearest'),
]
