import { type Affine, invert } from './affine.ts'
import { type Border, borderReader } from './border.ts'
import { FacekpError } from './errors.ts'
import type { Image, PixelData } from './image.ts'

/** A filter is no wider than so many pixels to either side: beside the horizon of a change of perspective it would be without end. */
const WIDEST = 32
/** A position is no further from the picture than so many pixels: all that lies there looks alike. */
const FARTHEST = 2 ** 24

/**
 * Samples `image` at any positions: the output's pixel (x, y) shows the input at `positions[2 * (y * width + x)]` and the number
 * after it. As `warpAffine` does, it mixes the four nearest pixels, and averages where the positions lie more than a pixel
 * apart: under the output's unit triangle, seen through what the map is like at that place, up to 32 pixels to either side.
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
  const at = (i: number): number => Math.min(Math.max(positions[i] as number, -FARTHEST), FARTHEST)
  for (let y = 0, to = 0; y < height; y++) {
    const [above, below] = [Math.max(y - 1, 0), Math.min(y + 1, height - 1)]
    for (let x = 0; x < width; x++, to += channels) {
      const [left, right] = [Math.max(x - 1, 0), Math.min(x + 1, width - 1)]
      const [here, w, e] = [2 * (y * width + x), 2 * (y * width + left), 2 * (y * width + right)]
      const [n, s] = [2 * (above * width + x), 2 * (below * width + x)]
      const [across, down] = [right - left || 1, below - above || 1]
      const [cx, cy] = [at(here), at(here + 1)]
      const a = (at(e) - at(w)) / across
      const b = (at(s) - at(n)) / down
      const d = (at(e + 1) - at(w + 1)) / across
      const f = (at(s + 1) - at(n + 1)) / down
      const filter = heldFilter([a, b, 0, d, f, 0])
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

/**
 * The linear part of the map with each of its two stretches (singular values) held from 1, so that the filter never covers less
 * than an input pixel, to what is widest; undefined where none exceeds 1, that is, where nothing shrinks.
 */
function heldFilter([a, b, , d, e]: Affine): Affine | undefined {
  // Closed form of the singular value decomposition of a 2 x 2 matrix.
  const [E, F, G, H] = [(a + e) / 2, (a - e) / 2, (d + b) / 2, (d - b) / 2]
  const [Q, R] = [Math.hypot(E, H), Math.hypot(F, G)]
  const [s1, s2] = [Q + R, Q - R]
  if (s1 <= 1 + 1e-6) return undefined
  const [alpha, beta] = [Math.atan2(G, F), Math.atan2(H, E)]
  const [theta, phi] = [(beta - alpha) / 2, (beta + alpha) / 2]
  const held = (stretch: number): number => Math.min(Math.max(stretch, 1), WIDEST)
  const [w1, w2] = [held(s1), Math.sign(s2 || 1) * held(Math.abs(s2))]
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
  const bytes = new Uint8Array(values.length)
  for (let i = 0; i < values.length; i++) bytes[i] = (values[i] as number) + 0.5
  return bytes as Data
}
