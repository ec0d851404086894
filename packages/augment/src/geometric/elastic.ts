import type { Augmentation } from '../augmentation.ts'
import { type GridOptions, type GridParams, gridAugmentation } from './grid.ts'

/**
 * Bends the picture smoothly, as rubber: displacements drawn at the corners of a grid, a cubic B-spline between them. Throws
 * `AUGMENT_OPTIONS`.
 *
 * Sources: Simard, Steinkraus and Platt, ICDAR 2003 (elastic distortions); Rueckert et al., IEEE TMI 18, 1999 (free-form
 * deformation by B-splines).
 *
 * @example
 * ```ts
 * elastic({ cells: 6, strength: 0.2 })
 * ```
 */
export function elastic(options: GridOptions): Augmentation<GridParams> {
  return gridAugmentation('elastic', 'smooth', options)
}
