import { type Random, randomStream } from '@facekp/core'
import { createNoiseRow, smoothstep } from './math.ts'
import type { FaceParameters } from './parameters.ts'
import type { Canvas } from './raster.ts'

// Local aliases: these functions run for every pixel, and global lookups are slow in the VM contexts of test runners.
const { abs, ceil, floor, max, min, round, sign } = Math

/** Renders an uneven wall with a few plain shapes, brighter on the side of a spot light, where nothing is before it. */
export function renderBackground(
  { width, height, colors, triangles }: Canvas,
  { background, light }: Pick<FaceParameters, 'background' | 'light'>,
): void {
  const { color, clutter, seed } = background
  const [red, green, blue] = color
  const random = randomStream({ seed, purpose: 'wall' })
  const shapes = Array.from({ length: round(clutter * 5) }, () => sampleShape(random, width, height))
  const side = sign(light.azimuth) || 1
  const spots = Float64Array.from({ length: width }, (_, x) => {
    const share = smoothstep(0.2, 1, side > 0 ? x / width : 1 - x / width)
    return 1 + light.spot * 0.9 * share
  })
  const gains = new Float64Array(width)
  for (let y = 0; y < height; y++) {
    const unevenness = createNoiseRow((3 * y) / height, seed)
    const falloff = 0.75 + 0.25 * smoothstep(1.1, 0.2, y / height)
    const row = y * width
    for (let x = 0; x < width; x++) {
      if ((triangles[row + x] as number) >= 0) continue
      gains[x] = (1 + 0.35 * clutter * unevenness((3 * x) / width)) * (spots[x] as number) * falloff
    }
    for (const shape of shapes) applyShape(gains, shape, y)
    for (let x = 0, at = 3 * row; x < width; x++, at += 3) {
      if ((triangles[row + x] as number) >= 0) continue
      const gain = gains[x] as number
      colors[at] = red * gain
      colors[at + 1] = green * gain
      colors[at + 2] = blue * gain
    }
  }
}

/** Multiplies the gains of row y inside a shape. */
function applyShape(gains: Float64Array, shape: Shape, y: number): void {
  const v = abs(y - shape.y) / shape.halfHeight
  if (v >= 1) return
  const first = max(0, floor(shape.x - shape.halfWidth))
  const last = min(gains.length - 1, ceil(shape.x + shape.halfWidth))
  for (let x = first; x <= last; x++) {
    const u = abs(x - shape.x) / shape.halfWidth
    if (shape.isRound ? u * u + v * v < 1 : u < 1) gains[x] = (gains[x] as number) * shape.gain
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
