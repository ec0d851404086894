import { type Random, randomStream } from '@facekp/core'
import { smoothstep, valueNoise } from './math.ts'
import type { FaceParameters } from './parameters.ts'
import type { Canvas } from './raster.ts'

// Local aliases: these functions run for every pixel, and global lookups are slow in the VM contexts of test runners.
const { abs, round, sign } = Math

/** Renders an uneven wall with a few plain shapes, brighter on the side of a spot light. */
export function renderBackground(
  { width, height, colors }: Canvas,
  { background, light }: Pick<FaceParameters, 'background' | 'light'>,
): void {
  const { color, clutter, seed } = background
  const random = randomStream({ seed, purpose: 'wall' })
  const shapes = Array.from({ length: round(clutter * 5) }, () => sampleShape(random, width, height))
  const side = sign(light.azimuth) || 1
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const unevenness = 1 + 0.35 * clutter * valueNoise((3 * x) / width, (3 * y) / height, seed)
      const spot = 1 + light.spot * 0.9 * smoothstep(0.2, 1, side > 0 ? x / width : 1 - x / width)
      let gain = unevenness * spot * (0.75 + 0.25 * smoothstep(1.1, 0.2, y / height))
      for (const shape of shapes) {
        const u = abs(x - shape.x) / shape.halfWidth
        const v = abs(y - shape.y) / shape.halfHeight
        if (shape.isRound ? u * u + v * v < 1 : u < 1 && v < 1) gain *= shape.gain
      }
      for (let c = 0; c < 3; c++) colors[3 * (y * width + x) + c] = (color[c] as number) * gain
    }
  }
}

/** An ellipse or a rectangle that multiplies the brightness. */
interface Shape {
  readonly isRound: boolean
  readonly x: number
  readonly y: number
  readonly halfWidth: number
  readonly halfHeight: number
  readonly gain: number
}

function sampleShape(random: Random, width: number, height: number): Shape {
  return {
    isRound: random.chance(0.5),
    x: random.uniform(0, width),
    y: random.uniform(0, height),
    halfWidth: random.uniform(0.03, 0.22) * width,
    halfHeight: random.uniform(0.03, 0.3) * height,
    gain: random.uniform(0.5, 1.6),
  }
}
