import type { Affine } from './affine.ts'
import { type Border, folded } from './border.ts'
import type { Image, PixelData } from './image.ts'

/**
 * Samples through a map that turns nothing: rows and columns apart, each with a triangle filter that is as wide as the map shrinks,
 * and never narrower than a pixel. Exact.
 */
export function warpAlongAxes<Data extends PixelData>(
  image: Image<Data>,
  [a, , tx, , e, ty]: Affine,
  width: number,
  height: number,
  border: Border,
): Image<Data> {
  const { data, channels } = image
  const columns = Array.from({ length: width }, (_, x) => under(a * x + tx, Math.abs(a), image.width, border))
  const rows = Array.from({ length: height }, (_, y) => under(e * y + ty, Math.abs(e), image.height, border))
  const constant = typeof border === 'object' ? border.constant : 0
  const line = image.width * channels
  const blended = new Float64Array(line)
  const warped = (
    data instanceof Uint8Array
      ? new Uint8ClampedArray(width * height * channels)
      : new Float32Array(width * height * channels)
  ) as Uint8ClampedArray | Float32Array
  for (let y = 0, to = 0; y < height; y++) {
    const row = rows[y] as Line
    blended.fill(constant * row.beyond)
    for (let k = 0; k < row.places.length; k++) {
      const [from, weight] = [(row.places[k] as number) * line, row.weights[k] as number]
      for (let i = 0; i < line; i++) blended[i] = (blended[i] as number) + weight * (data[from + i] as number)
    }
    for (let x = 0; x < width; x++) {
      const { places, weights, beyond } = columns[x] as Line
      for (let c = 0; c < channels; c++, to++) {
        let sum = constant * beyond
        for (let k = 0; k < places.length; k++) {
          sum += (weights[k] as number) * (blended[(places[k] as number) * channels + c] as number)
        }
        warped[to] = sum
      }
    }
  }
  const same = warped instanceof Float32Array ? warped : new Uint8Array(warped.buffer)
  return { ...image, data: same as Data, width, height }
}

/** The pixels of a line that lie under the filter at a place, and their weights; `beyond` is the weight of what lies outside. */
interface Line {
  readonly places: Int32Array
  readonly weights: Float64Array
  readonly beyond: number
}

function under(center: number, scale: number, length: number, border: Border): Line {
  const reach = Math.max(scale, 1)
  const [places, weights]: [number[], number[]] = [[], []]
  let [total, beyond] = [0, 0]
  const first = Math.ceil(center - reach)
  const count = Math.floor(center + reach) - first
  // Counted, since places far beyond the picture are too large to count on by one.
  for (let k = 0; k <= count; k++) {
    const i = first + k
    const weight = 1 - Math.abs(i - center) / reach
    if (weight <= 0) continue
    total += weight
    const place = folded(i, length, border)
    if (place < 0) beyond += weight
    else {
      places.push(place)
      weights.push(weight)
    }
  }
  return {
    places: Int32Array.from(places),
    weights: Float64Array.from(weights, (weight) => weight / total),
    beyond: beyond / total,
  }
}
