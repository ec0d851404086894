import { type ArgumentKind, checkArgument } from '../arguments/check-argument.ts'
import type { Image } from './image.ts'

/** Pixels outside an image: one value (0..255 for bytes), its edge pixels, or its mirror image (the edge is not repeated). */
export type Border = { readonly constant: number } | 'edge' | 'reflect'

/** The size of an output image, and what lies beyond the input image (default `edge`). */
export interface SamplingOptions {
  readonly width: number
  readonly height: number
  readonly border?: Border | undefined
}

/** Sampling options with their defaults. */
export interface ResolvedSamplingOptions extends SamplingOptions {
  readonly border: Border
}

const BYTE: ArgumentKind<number> = {
  expected: 'a number of 0 to 255, since the pixels are bytes',
  test: (value) => (value as number) >= 0 && (value as number) <= 255,
}

/** Checks that an image of bytes has a constant border of 0 to 255: others would be another number as a byte. */
export function checkBorder({ data }: Image, { border }: SamplingOptions, caller: string): void {
  if (!(data instanceof Uint8Array) || typeof border !== 'object') return
  checkArgument(BYTE, border.constant, 'options.border.constant', caller)
}

/** Returns a function that reads channel `c` of the pixel at (x, y), which may be outside the image. */
export function createPixelReader(image: Image, border: Border): (x: number, y: number, c: number) => number {
  const { data, width, height, channels } = image
  const interpolate = border === 'reflect' ? reflect : clamp
  return (x, y, c) => {
    const isInside = x >= 0 && y >= 0 && x < width && y < height
    if (!isInside && typeof border === 'object') return border.constant
    return data[(interpolate(y, height) * width + interpolate(x, width)) * channels + c] as number
  }
}

/** Returns the pixel of a line of `length` to use for index `i`, which may be outside the line; -1 for a constant border. */
export function borderInterpolate(i: number, length: number, border: Border): number {
  if (i >= 0 && i < length) return i
  if (typeof border === 'object') return -1
  return border === 'reflect' ? reflect(i, length) : clamp(i, length)
}

function clamp(i: number, length: number): number {
  if (i < 0) return 0
  return i >= length ? length - 1 : i
}

function reflect(i: number, length: number): number {
  if (length === 1) return 0
  const period = 2 * (length - 1)
  const offset = ((i % period) + period) % period
  return offset < length ? offset : period - offset
}
