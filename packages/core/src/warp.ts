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
  const filter = widenToOnePixel(toInput)
  const values = filter
    ? sampleThrough(image, toInput, filter, width, height, border)
    : sampleBilinear(image, toInput, width, height, border)
  return { ...image, data: likeInput(image.data, values), width, height }
}

/** Mixes the four pixels around each place. */
function sampleBilinear(image: Image, toInput: Affine, width: number, height: number, border: Border): Float32Array {
  const { data, width: inWidth, height: inHeight, channels } = image
  const [a, b, tx, d, e, ty] = toInput
  const values = new Float32Array(width * height * channels)
  const pixel = borderReader(image, border)
  let at = 0
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [cx, cy] = [a * x + b * y + tx, d * x + e * y + ty]
      const [left, top] = [Math.floor(cx), Math.floor(cy)]
      const [u, v] = [cx - left, cy - top]
      const [w00, w10, w01, w11] = [(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v]
      if (left >= 0 && top >= 0 && left < inWidth - 1 && top < inHeight - 1) {
        const upper = (top * inWidth + left) * channels
        const lower = upper + inWidth * channels
        for (let c = 0; c < channels; c++) {
          values[at++] =
            w00 * (data[upper + c] as number) +
            w10 * (data[upper + channels + c] as number) +
            w01 * (data[lower + c] as number) +
            w11 * (data[lower + channels + c] as number)
        }
      } else {
        for (let c = 0; c < channels; c++) {
          values[at++] =
            w00 * pixel(left, top, c) +
            w10 * pixel(left + 1, top, c) +
            w01 * pixel(left, top + 1, c) +
            w11 * pixel(left + 1, top + 1, c)
        }
      }
    }
  }
  return values
}

/** Averages the pixels under each place's filter: the unit triangle seen through the linear map `filter`. */
function sampleThrough(
  image: Image,
  toInput: Affine,
  filter: Affine,
  width: number,
  height: number,
  border: Border,
): Float32Array {
  const { data, width: inWidth, height: inHeight, channels } = image
  const [a, b, tx, d, e, ty] = toInput
  const [ia, ib, , id, ie] = invert(filter)
  const values = new Float32Array(width * height * channels)
  const pixel = borderReader(image, border)
  // Half the size, in input pixels, of the box around the filter's footprint.
  const [reachX, reachY] = [Math.abs(filter[0]) + Math.abs(filter[1]), Math.abs(filter[3]) + Math.abs(filter[4])]
  let at = 0
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at += channels) {
      const [cx, cy] = [a * x + b * y + tx, d * x + e * y + ty]
      const [fromX, toX] = [Math.ceil(cx - reachX), Math.floor(cx + reachX)]
      const [fromY, toY] = [Math.ceil(cy - reachY), Math.floor(cy + reachY)]
      const inside = fromX >= 0 && fromY >= 0 && toX < inWidth && toY < inHeight
      let total = 0
      for (let sy = fromY; sy <= toY; sy++) {
        let u = ia * (fromX - cx) + ib * (sy - cy)
        let v = id * (fromX - cx) + ie * (sy - cy)
        for (let sx = fromX; sx <= toX; sx++, u += ia, v += id) {
          const weightU = 1 - (u < 0 ? -u : u)
          const weightV = 1 - (v < 0 ? -v : v)
          if (weightU <= 0 || weightV <= 0) continue
          const weight = weightU * weightV
          total += weight
          const from = (sy * inWidth + sx) * channels
          for (let c = 0; c < channels; c++) {
            const value = inside ? (data[from + c] as number) : pixel(sx, sy, c)
            values[at + c] = (values[at + c] as number) + weight * value
          }
        }
      }
      for (let c = 0; c < channels; c++) values[at + c] = (values[at + c] as number) / total
    }
  }
  return values
}

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
export function widenToOnePixel([a, b, , d, e]: Affine): Affine | undefined {
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

export function likeInput<Data extends PixelData>(input: Data, values: Float32Array): Data {
  if (input instanceof Float32Array) return values as Data
  const bytes = new Uint8Array(values.length)
  for (let i = 0; i < values.length; i++) bytes[i] = (values[i] as number) + 0.5
  return bytes as Data
}
