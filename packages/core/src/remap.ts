import { invert } from './affine.ts'
import { FacekpError } from './errors.ts'
import type { Image, PixelData } from './image.ts'
import { type Border, borderReader, likeInput, widenToOnePixel } from './warp.ts'

/**
 * Samples `image` at any positions: the output's pixel (x, y) shows the input at `positions[2 * (y * width + x)]` and the number
 * after it. As `warpAffine` does, it mixes the four nearest pixels, and averages where the positions lie more than a pixel
 * apart: under the output's unit triangle, seen through what the map is like at that place.
 *
 * Throws `REMAP_POSITIONS` unless there are 2 * width * height positions.
 *
 * @returns width x height, the channels and kind of data of `image` (bytes are rounded)
 */
export function remapImage<Data extends PixelData>(
  image: Image<Data>,
  positions: Float32Array,
  width: number,
  height: number,
  border: Border = 'edge',
): Image<Data> {
  if (positions.length !== 2 * width * height) {
    throw new FacekpError({
      code: 'REMAP_POSITIONS',
      problem: 'there is not one position a pixel',
      received: `${positions.length} numbers for ${width} x ${height}`,
    })
  }
  const { channels, width: inWidth, height: inHeight } = image
  const values = new Float32Array(width * height * channels)
  const pixel = borderReader(image, border)
  const at = (x: number, y: number): number => 2 * (y * width + x)
  for (let y = 0, to = 0; y < height; y++) {
    const [above, below] = [Math.max(y - 1, 0), Math.min(y + 1, height - 1)]
    for (let x = 0; x < width; x++, to += channels) {
      const [left, right] = [Math.max(x - 1, 0), Math.min(x + 1, width - 1)]
      const [w, e, n, s] = [at(left, y), at(right, y), at(x, above), at(x, below)]
      const [across, down] = [right - left || 1, below - above || 1]
      const slope = (i: number, j: number, steps: number): number =>
        ((positions[i] as number) - (positions[j] as number)) / steps
      const cx = positions[at(x, y)] as number
      const cy = positions[at(x, y) + 1] as number
      const [a, b, d, f] = [
        slope(e, w, across),
        slope(s, n, down),
        slope(e + 1, w + 1, across),
        slope(s + 1, n + 1, down),
      ]
      const filter = widenToOnePixel([a, b, 0, d, f, 0])
      if (filter) {
        const [ia, ib, , id, ie] = invert(filter)
        const [reachX, reachY] = [Math.abs(filter[0]) + Math.abs(filter[1]), Math.abs(filter[3]) + Math.abs(filter[4])]
        let total = 0
        for (let sy = Math.ceil(cy - reachY); sy <= cy + reachY; sy++) {
          for (let sx = Math.ceil(cx - reachX); sx <= cx + reachX; sx++) {
            const weightU = 1 - Math.abs(ia * (sx - cx) + ib * (sy - cy))
            const weightV = 1 - Math.abs(id * (sx - cx) + ie * (sy - cy))
            if (weightU <= 0 || weightV <= 0) continue
            total += weightU * weightV
            for (let c = 0; c < channels; c++) {
              values[to + c] = (values[to + c] as number) + weightU * weightV * pixel(sx, sy, c)
            }
          }
        }
        for (let c = 0; c < channels; c++) values[to + c] = (values[to + c] as number) / total
      } else {
        const [x0, y0] = [Math.floor(cx), Math.floor(cy)]
        const [u, v] = [cx - x0, cy - y0]
        const inside = x0 >= 0 && y0 >= 0 && x0 < inWidth - 1 && y0 < inHeight - 1
        const upper = (y0 * inWidth + x0) * channels
        const lower = upper + inWidth * channels
        const { data } = image
        for (let c = 0; c < channels; c++) {
          const [p, q, r, t] = inside
            ? [data[upper + c], data[upper + channels + c], data[lower + c], data[lower + channels + c]]
            : [pixel(x0, y0, c), pixel(x0 + 1, y0, c), pixel(x0, y0 + 1, c), pixel(x0 + 1, y0 + 1, c)]
          values[to + c] =
            (1 - v) * ((1 - u) * (p as number) + u * (q as number)) + v * ((1 - u) * (r as number) + u * (t as number))
        }
      }
    }
  }
  return { ...image, data: likeInput(image.data, values), width, height }
}
