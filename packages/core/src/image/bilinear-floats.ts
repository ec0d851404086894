import type { Affine } from '../geometry/affine.ts'
import { bilinearWithBorder } from './bilinear-border.ts'
import type { ResolvedSamplingOptions } from './border.ts'
import type { Image } from './image.ts'
import { createSamplingRow, findInsideSpan, type Sampling, type SamplingRow, type Span } from './sampling-row.ts'

/** Samples real numbers bilinearly. */
export function sampleFloats(
  image: Image<Float32Array>,
  toInput: Affine,
  options: ResolvedSamplingOptions,
): Float32Array {
  const { width, height, border } = options
  const output = new Float32Array(width * height * image.channels)
  const sampling = { image, output, border }
  for (let y = 0; y < height; y++) {
    const row = createSamplingRow(toInput, y, width)
    const inside = findInsideSpan(row, image)
    bilinearWithBorder(sampling, row, { first: 0, last: inside.first })
    bilinearInside(sampling, row, inside)
    bilinearWithBorder(sampling, row, { first: inside.last, last: width })
  }
  return output
}

/** Interpolates between four pixels of real numbers, all within the image. */
function bilinearInside({ output, image }: Sampling<Float32Array>, row: SamplingRow, { first, last }: Span): void {
  const { data, width, channels } = image
  const { stepX, startX, stepY, startY, offset } = row
  const line = width * channels
  let to = (offset + first) * channels
  for (let x = first; x < last; x++) {
    const cx = stepX * x + startX
    const cy = stepY * x + startY
    const left = Math.floor(cx)
    const top = Math.floor(cy)
    const u = cx - left
    const v = cy - top
    let from = top * line + left * channels
    for (let c = 0; c < channels; c++, from++) {
      const upper = (data[from] as number) * (1 - u) + (data[from + channels] as number) * u
      const lower = (data[from + line] as number) * (1 - u) + (data[from + line + channels] as number) * u
      output[to++] = upper * (1 - v) + lower * v
    }
  }
}
