import type { Image } from './image.ts'

/** What lies beyond the picture: one value (0..255 for pixels as read), its edge pixels, or its mirror image (edge not repeated). */
export type Border = { readonly constant: number } | 'edge' | 'reflect'

/** Channel `c` of the pixel at (x, y), which may lie beyond the border. */
export function borderReader(image: Image, border: Border): (x: number, y: number, c: number) => number {
  const { data, width, height, channels } = image
  const fold = border === 'reflect' ? reflected : clamped
  return (x, y, c) => {
    const inside = x >= 0 && y >= 0 && x < width && y < height
    if (!inside && typeof border === 'object') return border.constant
    return data[(fold(y, height) * width + fold(x, width)) * channels + c] as number
  }
}

/** Where in a line of `length` the place `i` is found, which may lie beyond its ends; -1 where a constant stands for it. */
export function folded(i: number, length: number, border: Border): number {
  if (i >= 0 && i < length) return i
  return typeof border === 'object' ? -1 : border === 'reflect' ? reflected(i, length) : clamped(i, length)
}

function clamped(i: number, length: number): number {
  return i < 0 ? 0 : i >= length ? length - 1 : i
}

function reflected(i: number, length: number): number {
  if (length === 1) return 0
  const period = 2 * (length - 1)
  const place = ((i % period) + period) % period
  return place < length ? place : period - place
}
