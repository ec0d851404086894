import {
  chain,
  croppingAndResizing,
  type Image,
  imageBox,
  mirroring,
  type Random,
  rotation,
  scaling,
  type Transform,
  translation,
  warpSample,
} from '@facekp/core'

/** How far {@link jitter} may go. */
export type JitterLimits = {
  /** The size of what comes out, in pixels. */
  readonly width: number
  readonly height: number
  /** Largest turn to either side, in degrees. */
  readonly degrees: number
  /** Largest enlargement, 1.2 being by a fifth; it shrinks as far. */
  readonly scale: number
  /** Largest shift along each axis, as a fraction of the picture's side. */
  readonly shift: number
  /** How much brighter one edge may become than the middle, as a fraction of the range from black to white. */
  readonly light: number
}

export type JitterParams = {
  readonly mirror: boolean
  readonly degrees: number
  readonly scale: number
  readonly shiftX: number
  readonly shiftY: number
  readonly lightX: number
  readonly lightY: number
}

/** With these, {@link jitter} only resizes and standardises: for pictures that are not to be changed. */
export const UNMOVED: JitterParams = {
  mirror: false,
  degrees: 0,
  scale: 1,
  shiftX: 0,
  shiftY: 0,
  lightX: 0,
  lightY: 0,
}

/**
 * Mirrors, turns, scales, shifts and lights a grey face at random, then standardises its brightness and contrast. It mirrors
 * points where they are and swaps no numbers: right for the nose, which is its own mirror image.
 */
export function jitter({ width, height, degrees, scale, shift, light }: JitterLimits): Transform<JitterParams> {
  return {
    draw: (random: Random) => ({
      mirror: random.chance(0.5),
      degrees: random.uniform(-degrees, degrees),
      scale: scale ** random.uniform(-1, 1),
      shiftX: random.uniform(-shift, shift),
      shiftY: random.uniform(-shift, shift),
      lightX: random.uniform(-light, light),
      lightY: random.uniform(-light, light),
    }),
    apply(sample, params) {
      const [centerX, centerY] = [(width - 1) / 2, (height - 1) / 2]
      const map = chain(
        croppingAndResizing(imageBox(sample.image), width, height),
        ...(params.mirror ? [mirroring(width)] : []),
        rotation(params.degrees, centerX, centerY),
        scaling(params.scale, params.scale, centerX, centerY),
        translation(params.shiftX * width, params.shiftY * height),
      )
      const moved = warpSample(sample, map, width, height)
      return { ...moved, image: standardized(lit(moved.image, params)) }
    },
  }
}

/** A light that rises along both axes, from -lightX and -lightY at the left and upper edge; values 0..1. */
function lit({ data, width, height }: Image, { lightX, lightY }: JitterParams): Image<Float32Array> {
  const values = Float32Array.from(data, (value, i) => {
    const [x, y] = [i % width, Math.floor(i / width)]
    return value / 255 + lightX * ((2 * x) / (width - 1) - 1) + lightY * ((2 * y) / (height - 1) - 1)
  })
  return { data: values, width, height, channels: 1 }
}

/** Mean 0 and standard deviation 0.5, so that a network sees the same face in any light; values as near to -0.5..0.5 as that allows. */
function standardized(image: Image<Float32Array>): Image<Float32Array> {
  const mean = image.data.reduce((sum, value) => sum + value, 0) / image.data.length
  const variance = image.data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / image.data.length
  // 0.01 keeps a picture of one colour from being divided by nothing.
  const factor = 0.5 / (Math.sqrt(variance) + 0.01)
  return { ...image, data: image.data.map((value) => (value - mean) * factor) }
}
