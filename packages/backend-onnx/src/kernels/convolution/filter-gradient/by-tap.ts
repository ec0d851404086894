import type { Lowering, Value } from '../../../lowering/value.ts'
import type { Window } from '../../window.ts'
import { padMaps } from './pad-maps.ts'
import { choosePixelMatrices, joinTaps, type Maps } from './pixel-matrices.ts'

/** Computes the gradient by the filter as a matrix product per tap of the filter. */
export function gradientByTap(lowering: Lowering, x: Value, dy: Value, window: Window): string {
  const { graph } = lowering
  const { kernel, strides, dilations } = window
  const matrices = choosePixelMatrices(lowering, x, dy)
  const input = matrices.read(x)
  const gradient = matrices.read(dy)
  const [depth, images] = input.shape
  const [rowsOfGradient, imagesOfGradient, rows, columns] = gradient.shape
  const inputs = selectColumns(lowering, input, columns, window)
  const flat = lowering.reshape(gradient.name, [rowsOfGradient, imagesOfGradient * rows * columns])
  return joinTaps(lowering, kernel, [dy.shape[3] as number, x.shape[3] as number], (row, column) => {
    const top = row * dilations[0]
    const pixels = graph.addNode('Slice', [
      inputs[column] as string,
      graph.addIntegers([top]),
      graph.addIntegers([top + (rows - 1) * strides[0] + 1]),
      graph.addIntegers([2]),
      graph.addIntegers([strides[0]]),
    ])
    return matrices.multiply(flat, lowering.reshape(pixels, [depth, images * rows * columns]))
  })
}

/**
 * Selects the columns of x that each column of the filter meets, and pads their rows. A product with a matrix of zeros and ones does it,
 * twice as fast as a slice; rows are contiguous, so slices take those.
 */
function selectColumns(
  lowering: Lowering,
  { name, shape }: Maps,
  columns: number,
  { kernel, strides, dilations, pads }: Window,
): string[] {
  const { graph } = lowering
  const [depth, images, height, width] = shape
  const lines = lowering.reshape(name, [depth * images * height, width])
  return Array.from({ length: kernel[1] }, (_, column) => {
    const selection = new Float32Array(width * columns)
    for (let to = 0; to < columns; to++) {
      const from = to * strides[1] + column * dilations[1] - pads[1]
      if (from >= 0 && from < width) selection[from * columns + to] = 1
    }
    const selected = graph.addNode('MatMul', [lines, graph.addConstant(selection, 'float32', [width, columns])])
    return padMaps(lowering, lowering.reshape(selected, [depth, images, height, columns]), [pads[0], 0, pads[2], 0])
  })
}
