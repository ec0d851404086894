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
  paint[0] = (color[0] as number) * gain
  paint[1] = (color[1] as number) * gain
  paint[2] = (color[2] as number) * gain
}

/** Moves a color toward another one; a share of 1 or more replaces it. */
export function blendColor(paint: Paint, color: ReadonlyColor, share: number): void {
  if (share <= 0) return
  const fraction = min(1, share)
  paint[0] = mix(paint[0] as number, color[0] as number, fraction)
  paint[1] = mix(paint[1] as number, color[1] as number, fraction)
  paint[2] = mix(paint[2] as number, color[2] as number, fraction)
}

/** Takes a share of the brightness away. */
export function darken(paint: Paint, share: number): void {
  if (share <= 0) return
  paint[0] = (paint[0] as number) * (1 - share)
  paint[1] = (paint[1] as number) * (1 - share)
  paint[2] = (paint[2] as number) * (1 - share)
}
