import type { Augmentation } from '../augmentation.ts'
import { type GridOptions, type GridParams, gridAugmentation } from './grid.ts'

/**
 * Moves the corners of a grid; each of the two triangles of a cell is mapped by an affine map of its own. Throws
 * `AUGMENT_OPTIONS`.
 *
 * @example
 * ```ts
 * piecewiseAffine({ cells: 4, strength: 0.15 })
 * ```
 */
export function piecewiseAffine(options: GridOptions): Augmentation<GridParams> {
  return gridAugmentation('piecewiseAffine', 'linear', options)
}
