import { createImage, type Image } from '@facekp/core'
import type { Sensor } from './parameters.ts'
import type { Canvas } from './raster.ts'

// Taken out once: these run for every pixel, and looking a global up is slow in the contexts that test runners make.
const { ceil, exp, imul, max, min, sqrt } = Math

/** The drawing as a camera would take it: blurred a little, which softens the edges too, with noise, in bytes. */
export function photographed({ width, height, colors }: Canvas, { blur, noise, seed }: Sensor): Image<Uint8Array> {
  const soft = blurred(blurred(colors, width, height, blur, 'rows'), width, height, blur, 'columns')
  // A generator for a million numbers a picture: two uniform ones make a triangle, whose deviation is 1 / sqrt(6).
  let state = (seed ^ 0x9e3779b9) >>> 0
  const uniform = (): number => {
    state = (imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  const spread = noise * sqrt(6)
  // Uint8ClampedArray rounds, and keeps within 0..255.
  const data = new Uint8ClampedArray(soft.length)
  for (let i = 0; i < data.length; i++) data[i] = 255 * (soft[i] as number) + spread * (uniform() + uniform() - 1)
  return createImage(new Uint8Array(data.buffer), width, height, 3)
}

/** A Gaussian along one axis; beyond the edge the edge goes on. */
function blurred(
  values: Float32Array,
  width: number,
  height: number,
  sigma: number,
  along: 'rows' | 'columns',
): Float32Array {
  const reach = ceil(2.5 * sigma)
  const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, i) => exp(-((i - reach) ** 2) / (2 * sigma * sigma)))
  const total = weights.reduce((sum, weight) => sum + weight)
  const result = new Float32Array(values.length)
  const [length, step, lines, stride] = along === 'rows' ? [width, 3, height, 3 * width] : [height, 3 * width, width, 3]
  for (let line = 0; line < lines; line++) {
    for (let at = 0; at < length; at++) {
      const place = line * stride + at * step
      const [from, to] = [max(-reach, -at), min(reach, length - 1 - at)]
      for (let c = place; c < place + 3; c++) {
        let sum = 0
        for (let i = -reach; i < from; i++) sum += (weights[i + reach] as number) * (values[c - at * step] as number)
        for (let i = from; i <= to; i++) sum += (weights[i + reach] as number) * (values[c + i * step] as number)
        for (let i = to + 1; i <= reach; i++) {
          sum += (weights[i + reach] as number) * (values[c + (length - 1 - at) * step] as number)
        }
        result[c] = sum / total
      }
    }
  }
  return result
}
