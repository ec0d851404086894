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
  /** Largest factor of contrast, 1.5 being half as much again; it falls as far. */
  readonly contrast: number
  /** How far brightness may move, as a fraction of the range from black to white. */
  readonly brightness: number
  /** How much brighter one edge may become than the middle, as such a fraction. */
  readonly light: number
}

export type JitterParams = {
  readonly mirror: boolean
  readonly degrees: number
  readonly scale: number
  readonly shiftX: number
  readonly shiftY: number
  readonly contrast: number
  readonly brightness: number
  readonly lightX: number
  readonly lightY: number
}

/** With these, {@link jitter} only resizes: for pictures that are not to be changed. */
export const UNMOVED: JitterParams = {
  mirror: false,
  degrees: 0,
  scale: 1,
  shiftX: 0,
  shiftY: 0,
  contrast: 1,
  brightness: 0,
  lightX: 0,
  lightY: 0,
}

/**
 * Mirrors, turns, scales, shifts and lights a grey face at random. It mirrors points where they are and
 * swaps no numbers: right for the nose, which is its own mirror image.
 */
export function jitter({
  width,
  height,
  degrees,
  scale,
  shift,
  contrast,
  brightness,
  light,
}: JitterLimits): Transform<JitterParams> {
  return {
    draw: (random: Random) => ({
      mirror: random.chance(0.5),
      degrees: random.uniform(-degrees, degrees),
      scale: scale ** random.uniform(-1, 1),
      shiftX: random.uniform(-shift, shift),
      shiftY: random.uniform(-shift, shift),
      contrast: contrast ** random.uniform(-1, 1),
      brightness: random.uniform(-brightness, brightness),
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
      return { ...moved, image: lit(moved.image, params) }
    },
  }
}

/** Values -0.5..0.5 with another contrast and brightness, under a light that rises along both axes; may go beyond that range. */
function lit(
  { data, width, height }: Image,
  { contrast, brightness, lightX, lightY }: JitterParams,
): Image<Float32Array> {
  const values = Float32Array.from(data, (value, i) => {
    const [x, y] = [i % width, Math.floor(i / width)]
    const light = lightX * ((2 * x) / (width - 1) - 1) + lightY * ((2 * y) / (height - 1) - 1)
    return (value / 255 - 0.5) * contrast + brightness + light
  })
  return { data: values, width, height, channels: 1 }
}
