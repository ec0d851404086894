import { randomStream } from '@facekp/core'
import { noise, smoothstep } from './math.ts'
import type { FaceParameters } from './parameters.ts'
import type { Canvas } from './raster.ts'

// Taken out once: these run for every pixel, and looking a global up is slow in the contexts that test runners make.
const { abs, round, sign } = Math

/** What stands behind the person: an uneven wall, brighter on a lamp's side, with a few plain shapes. */
export function drawWall({ width, height, colors }: Canvas, { background, light }: FaceParameters): void {
  const { color, clutter, seed } = background
  const random = randomStream({ seed, purpose: 'wall' })
  const shapes = Array.from({ length: round(clutter * 5) }, () => ({
    round: random.chance(0.5),
    x: random.uniform(0, width),
    y: random.uniform(0, height),
    halfWidth: random.uniform(0.03, 0.22) * width,
    halfHeight: random.uniform(0.03, 0.3) * height,
    gain: random.uniform(0.5, 1.6),
  }))
  const side = sign(light.azimuth) || 1
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const uneven = 1 + 0.35 * clutter * noise((3 * x) / width, (3 * y) / height, seed)
      const lamp = 1 + light.spot * 0.9 * smoothstep(0.2, 1, side > 0 ? x / width : 1 - x / width)
      let gain = uneven * lamp * (0.75 + 0.25 * smoothstep(1.1, 0.2, y / height))
      for (const shape of shapes) {
        const [u, v] = [abs(x - shape.x) / shape.halfWidth, abs(y - shape.y) / shape.halfHeight]
        if (shape.round ? u * u + v * v < 1 : u < 1 && v < 1) gain *= shape.gain
      }
      for (let c = 0; c < 3; c++) colors[3 * (y * width + x) + c] = (color[c] as number) * gain
    }
  }
}
