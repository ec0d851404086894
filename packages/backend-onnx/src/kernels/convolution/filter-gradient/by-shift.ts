import type { Lowering, Value } from '../../../lowering/value.ts'
import type { Window } from '../../window.ts'
import { padMaps } from './pad-maps.ts'
import { choosePixelMatrices, joinTaps, type Maps } from './pixel-matrices.ts'

/**
 * Computes the gradient by the filter for strides of 1 as a matrix product per tap. x is shifted once per column of the filter and dy
 * once per row, instead of x once per tap. Rows of dy that are shifted out meet only the zero padding.
 */
export function gradientByShift(lowering: Lowering, x: Value, dy: Value, window: Window): string {
  const { kernel, dilations, pads } = window
  const matrices = choosePixelMatrices(lowering, x, dy)
  const input = matrices.read(x)
  const gradient = matrices.read(dy)
  const [, , height, width] = input.shape
  const [, , rows, columns] = gradient.shape
  const inputs = Array.from({ length: kernel[1] }, (_, column) => {
    const left = pads[1] - column * dilations[1]
    return shiftMaps(lowering, input, [0, left, 0, columns - width - left])
  })
  const gradients = Array.from({ length: kernel[0] }, (_, row) => {
    const top = row * dilations[0] - pads[0]
    return shiftMaps(lowering, gradient, [top, 0, height - rows - top, 0])
  })
  return joinTaps(lowering, kernel, [dy.shape[3] as number, x.shape[3] as number], (row, column) =>
    matrices.multiply(gradients[row] as string, inputs[column] as string),
  )
}

/**
 * Pads maps as {@link padMaps} does and flattens them to a matrix [rows, pixels]. If the size stays the same, all pixels of small
 * maps move at once and a mask clears those that came from the next row or image. Up to some 32 x 32 pixels, this is
 * faster than row by row.
 */
function shiftMaps(lowering: Lowering, { name, shape }: Maps, border: Window['pads']): string {
  const { graph } = lowering
  const [rows, images, height, width] = shape
  const [top, left, bottom, right] = border
  const pixels = images * (height + top + bottom) * (width + left + right)
  const offset = top * width + left
  const isLarge = height * width > 1024
  if (isLarge || top + bottom !== 0 || left + right !== 0 || Math.abs(offset) >= pixels) {
    return lowering.reshape(padMaps(lowering, name, border), [rows, pixels])
  }
  const flat = lowering.reshape(name, [rows, pixels])
  if (offset === 0) return flat
  const mask = Float32Array.from({ length: pixels }, (_, pixel) => {
    const row = (Math.floor(pixel / width) % height) - top
    const column = (pixel % width) - left
    return row >= 0 && row < height && column >= 0 && column < width ? 1 : 0
  })
  const shifted = graph.addNode('Pad', [flat, graph.addIntegers([0, offset, 0, -offset])])
  return graph.addNode('Mul', [shifted, graph.addConstant(mask, 'float32', [1, pixels])])
}
