import { mix } from './math.ts'
import type { Color } from './parameters.ts'

// Local aliases: these functions run for every pixel, and global lookups are slow in the VM contexts of test runners.
const { min } = Math

/** A color that is painted over, without a new array for each layer and pixel. */
export type Paint = Float64Array

/** A color that is read: of the parameters or painted. */
type ReadonlyColor = Color | Paint

/** Replaces a color by another one, times a gain. */
export function setColor(paint: Paint, color: ReadonlyColor, gain = 1): void {
  for (let i = 0; i < 3; i++) paint[i] = (color[i] as number) * gain
}

/** Moves a color toward another one; a share of 1 or more replaces it. */
export function blendColor(paint: Paint, color: ReadonlyColor, share: number): void {
  if (share <= 0) return
  const fraction = min(1, share)
  for (let i = 0; i < 3; i++) paint[i] = mix(paint[i] as number, color[i] as number, fraction)
}

/** Takes a share of the brightness away. */
export function darken(paint: Paint, share: number): void {
  if (share <= 0) return
  for (let i = 0; i < 3; i++) paint[i] = (paint[i] as number) * (1 - share)
}
