import type { Augmentation } from '../augmentation.ts'
import { type GridOptions, type GridParams, gridAugmentation } from './grid.ts'

/**
 * Displaces the nodes of a grid and maps each of the two triangles of a cell by its own affine map.
 *
 * @throws `AUGMENT_OPTIONS` for invalid options
 *
 * @example
 * ```ts
 * piecewiseAffine({ cells: 4, strength: 0.15 })
 * ```
 */
export function piecewiseAffine(options: GridOptions): Augmentation<GridParams> {
  return gridAugmentation('piecewiseAffine', 'linear', options)
}
