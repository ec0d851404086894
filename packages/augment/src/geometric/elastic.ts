import type { Augmentation } from '../augmentation.ts'
import { type GridOptions, type GridParams, gridAugmentation } from './grid.ts'

/**
 * Deforms the image smoothly: random displacements of a grid, interpolated by cubic B-splines.
 *
 * @throws `AUGMENT_OPTIONS` for invalid options
 *
 * @example
 * ```ts
 * elastic({ cells: 6, strength: 0.2 })
 * ```
 *
 * Sources: Simard, Steinkraus and Platt, ICDAR 2003 (elastic distortions); Rueckert et al., IEEE TMI 18, 1999 (free-form
 * deformation by B-splines).
 */
export function elastic(options: GridOptions): Augmentation<GridParams> {
  return gridAugmentation('elastic', 'smooth', options)
}
