import { type Affine, invert } from './affine.ts'
import type { Image, PixelData } from './image.ts'

/** What lies beyond the picture: one value (0..255 for pixels as read), its edge pixels, or its mirror image (edge not repeated). */
export type Border = { readonly constant: number } | 'edge' | 'reflect'

/**
 * Samples `image` through an affine map: the output's pixel at p shows the input at `toInput(p)`.
 *
 * Where the map enlarges or only turns, the four nearest pixels are mixed (bilinear). Where it shrinks, every input
 * pixel under the output pixel's triangle filter is averaged, as PIL and torchvision do with `antialias=True`, but along
 * any two axes: the filter is the output's unit triangle seen through the map.
 *
 * @param toInput from the output's point coordinates to the input's
 * @returns width x height, the channels and kind of data of `image` (bytes are rounded)
 */
export function warpAffine<Data extends PixelData>(
  image: Image<Data>,
  toInput: Affine,
  width: number,
  height: number,
  border: Border = 'edge',
): Image<Data> {
  const { channels } = image
  const values = new Float32Array(width * height * channels)
  const read = borderReader(image, border)
  const [a, b, , d, e] = toInput
  const filter = widenToOnePixel([a, b, 0, d, e, 0])
  const shrinks = filter !== undefined
  const [ia, ib, , id, ie] = shrinks ? invert(filter) : toInput
  // Half the size, in input pixels, of the box around the filter's footprint.
  const [reachX, reachY] = shrinks
    ? [Math.abs(filter[0]) + Math.abs(filter[1]), Math.abs(filter[3]) + Math.abs(filter[4])]
    : [1, 1]
  const sums = new Float64Array(channels)

  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const cx = a * x + b * y + toInput[2]
      const cy = d * x + e * y + toInput[5]
      const fromX = Math.ceil(cx - reachX)
      const toX = Math.floor(cx + reachX)
      const fromY = Math.ceil(cy - reachY)
      const toY = Math.floor(cy + reachY)
      let total = 0
      sums.fill(0)
      for (let sy = fromY; sy <= toY; sy++) {
        for (let sx = fromX; sx <= toX; sx++) {
          const dx = sx - cx
          const dy = sy - cy
          const u = 1 - Math.abs(shrinks ? ia * dx + ib * dy : dx)
          const v = 1 - Math.abs(shrinks ? id * dx + ie * dy : dy)
          if (u <= 0 || v <= 0) continue
          const weight = u * v
          total += weight
          read(sx, sy, weight, sums)
        }
      }
      const place = (y * width + x) * channels
      for (let c = 0; c < channels; c++) values[place + c] = (sums[c] as number) / total
    }
  }
  return { ...image, data: likeInput(image.data, values), width, height }
}

/** Adds `weight` times the pixel at (x, y), which may lie beyond the border, to `sums`. */
function borderReader(
  image: Image,
  border: Border,
): (x: number, y: number, weight: number, sums: Float64Array) => void {
  const { data, width, height, channels } = image
  const constant = typeof border === 'object' ? border.constant : undefined
  const fold = border === 'reflect' ? reflected : clamped
  return (x, y, weight, sums) => {
    const inside = x >= 0 && y >= 0 && x < width && y < height
    const place = inside ? (y * width + x) * channels : (fold(y, height) * width + fold(x, width)) * channels
    for (let c = 0; c < channels; c++) {
      const value = inside || constant === undefined ? (data[place + c] as number) : constant
      sums[c] = (sums[c] as number) + weight * value
    }
  }
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

/**
 * The linear part of the map with each of its two stretches (singular values) raised to at least 1, so that the filter
 * never covers less than an input pixel; undefined where none exceeds 1, that is, where nothing shrinks.
 */
function widenToOnePixel([a, b, , d, e]: Affine): Affine | undefined {
  // Closed form of the singular value decomposition of a 2 x 2 matrix.
  const [E, F, G, H] = [(a + e) / 2, (a - e) / 2, (d + b) / 2, (d - b) / 2]
  const [Q, R] = [Math.hypot(E, H), Math.hypot(F, G)]
  const [s1, s2] = [Q + R, Q - R]
  if (s1 <= 1 + 1e-6) return undefined
  const [alpha, beta] = [Math.atan2(G, F), Math.atan2(H, E)]
  const [theta, phi] = [(beta - alpha) / 2, (beta + alpha) / 2]
  const [w1, w2] = [Math.max(s1, 1), Math.sign(s2 || 1) * Math.max(Math.abs(s2), 1)]
  const [ct, st, cp, sp] = [Math.cos(theta), Math.sin(theta), Math.cos(phi), Math.sin(phi)]
  return [
    cp * w1 * ct - sp * w2 * st,
    -cp * w1 * st - sp * w2 * ct,
    0,
    sp * w1 * ct + cp * w2 * st,
    -sp * w1 * st + cp * w2 * ct,
    0,
  ]
}

function likeInput<Data extends PixelData>(input: Data, values: Float32Array): Data {
  if (input instanceof Float32Array) return values as Data
  return Uint8Array.from(values, (value) => Math.round(value)) as Data
}
