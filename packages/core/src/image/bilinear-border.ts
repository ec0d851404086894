import { borderInterpolate } from './border.ts'
import type { Sampling, SamplingRow, Span } from './sampling-row.ts'

/** Interpolates between four pixels, some of which may be outside the image. */
export function bilinearWithBorder(sampling: Sampling, row: SamplingRow, span: Span): void {
  const { output, border } = sampling
  const { data, width, height, channels } = sampling.image
  const { stepX, startX, stepY, startY, offset } = row
  const { first, last } = span
  const rounding = output instanceof Uint8Array ? 0.5 : 0
  const constant = typeof border === 'object' ? border.constant : 0
  for (let x = first; x < last; x++) {
    const cx = stepX * x + startX
    const cy = stepY * x + startY
    const floorX = Math.floor(cx)
    const floorY = Math.floor(cy)
    const u = cx - floorX
    const v = cy - floorY
    const left = borderInterpolate(floorX, width, border)
    const right = borderInterpolate(floorX + 1, width, border)
    const top = borderInterpolate(floorY, height, border)
    const bottom = borderInterpolate(floorY + 1, height, border)
    for (let c = 0; c < channels; c++) {
      const p = left < 0 || top < 0 ? constant : (data[(top * width + left) * channels + c] as number)
      const q = right < 0 || top < 0 ? constant : (data[(top * width + right) * channels + c] as number)
      const r = left < 0 || bottom < 0 ? constant : (data[(bottom * width + left) * channels + c] as number)
      const s = right < 0 || bottom < 0 ? constant : (data[(bottom * width + right) * channels + c] as number)
      const upper = p * (1 - u) + q * u
      const lower = r * (1 - u) + s * u
      output[(offset + x) * channels + c] = upper * (1 - v) + lower * v + rounding
    }
  }
}
