import type { Affine } from '../geometry/affine.ts'
import { bilinearWithBorder } from './bilinear-border.ts'
import type { ResolvedSamplingOptions } from './border.ts'
import type { Image } from './image.ts'
import { createSamplingRow, findInsideSpan, type Sampling, type SamplingRow, type Span } from './sampling-row.ts'

/** The largest side whose positions fit into 32 bits in steps of 1/65536 pixel. */
const MAX_SIDE = 32000
/** The longest row over which adding such steps stays accurate. */
const MAX_ROW = 2048

/** Samples bytes bilinearly, in integer arithmetic: positions are rounded to 1/2048 of a pixel. */
export function sampleBytes(image: Image<Uint8Array>, toInput: Affine, options: ResolvedSamplingOptions): Uint8Array {
  const { width, height, border } = options
  const output = new Uint8Array(width * height * image.channels)
  const sampling = { image, output, border }
  const isGray = image.channels === 1 && width <= MAX_ROW && image.width <= MAX_SIDE && image.height <= MAX_SIDE
  // Clamping positions to the image continues its edge, so those pixels need no border code.
  const isClamped = border === 'edge' && image.width > 1 && image.height > 1
  const sampleInside = isGray ? bilinearGray : bilinearClamped
  const sampleOutside = isClamped ? bilinearClamped : bilinearWithBorder
  for (let y = 0; y < height; y++) {
    const row = createSamplingRow(toInput, y, width)
    const inside = findInsideSpan(row, image)
    sampleOutside(sampling, row, { first: 0, last: inside.first })
    sampleInside(sampling, row, inside)
    sampleOutside(sampling, row, { first: inside.last, last: width })
  }
  return output
}

/**
 * Interpolates between four gray bytes, all within the image. Positions advance in integer steps of 1/65536 pixel: over the
 * longest row they deviate by less than 1/60 pixel.
 */
function bilinearGray({ output, image }: Sampling<Uint8Array>, row: SamplingRow, { first, last }: Span): void {
  const { data, width } = image
  const { stepX, startX, stepY, startY, offset } = row
  const fixedStepX = Math.round(stepX * 65536) | 0
  const fixedStepY = Math.round(stepY * 65536) | 0
  // Adding 16, half of 1/2048 pixel, rounds the 11-bit fractions below.
  let fx = Math.round((stepX * first + startX) * 65536 + 16) | 0
  let fy = Math.round((stepY * first + startY) * 65536 + 16) | 0
  for (let x = first; x < last; x++) {
    const u = (fx >> 5) & 2047
    const from = (Math.imul(fy >> 16, width) + (fx >> 16)) | 0
    const p = data[from] as number
    const r = data[from + width] as number
    const upper = (p << 11) + Math.imul((data[from + 1] as number) - p, u)
    const lower = (r << 11) + Math.imul((data[from + width + 1] as number) - r, u)
    output[offset + x] = ((upper << 11) + Math.imul(lower - upper, (fy >> 5) & 2047) + 0x200000) >> 22
    fx = (fx + fixedStepX) | 0
    fy = (fy + fixedStepY) | 0
  }
}

/** Interpolates between four pixels of bytes, at positions clamped to the image. */
function bilinearClamped({ output, image }: Sampling<Uint8Array>, row: SamplingRow, { first, last }: Span): void {
  const { data, width, height, channels } = image
  const { stepX, startX, stepY, startY, offset } = row
  const line = width * channels
  const maxX = (width - 1) * 2048 - 1
  const maxY = (height - 1) * 2048 - 1
  for (let x = first; x < last; x++) {
    const fx = Math.min(Math.max((stepX * x + startX) * 2048 + 0.5, 0), maxX) | 0
    const fy = Math.min(Math.max((stepY * x + startY) * 2048 + 0.5, 0), maxY) | 0
    const u = fx & 2047
    const v = fy & 2047
    let from = Math.imul(fy >> 11, line) + Math.imul(fx >> 11, channels)
    for (let c = 0; c < channels; c++, from++) {
      const p = data[from] as number
      const r = data[from + line] as number
      const upper = (p << 11) + Math.imul((data[from + channels] as number) - p, u)
      const lower = (r << 11) + Math.imul((data[from + line + channels] as number) - r, u)
      output[(offset + x) * channels + c] = ((upper << 11) + Math.imul(lower - upper, v) + 0x200000) >> 22
    }
  }
}
