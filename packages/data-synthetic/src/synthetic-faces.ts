import { checkIndex, type Dataset, IBUG_68, IMM_58, type KeypointScheme, type Random, randomStream } from '@facekp/core'
import { z } from 'zod'
import { drawFace } from './draw-face.ts'
import { checkOptions, seedSchema, sizeSchema } from './options.ts'
import {
  drawBackground,
  drawExpression,
  drawIdentity,
  drawLight,
  drawSensor,
  type FaceParameters,
} from './parameters.ts'

const schema = z.object({
  seed: seedSchema,
  count: z.int().positive(),
  scheme: z.custom<KeypointScheme>((scheme) => scheme === IMM_58 || scheme === IBUG_68, 'must be IMM_58 or IBUG_68'),
  ...sizeSchema,
})

export interface SyntheticFacesOptions {
  readonly seed: number
  readonly count: number
  /** `IMM_58` or `IBUG_68` of `@facekp/core`. */
  readonly scheme: KeypointScheme
  /** Of the pictures in pixels, 32 to 8192; default 640 x 480. */
  readonly width?: number
  readonly height?: number
}

/**
 * Drawn faces, each of another person, in any pose, expression, light and place. Sample i depends on the seed and on i alone; it
 * is drawn when it is asked for. Throws `SYNTHETIC_OPTIONS`.
 *
 * @example
 * ```ts
 * const faces = syntheticFaces({ seed: 1, count: 1000, scheme: IBUG_68 })
 * const { image, keypoints } = await faces.get(0)
 * ```
 */
export function syntheticFaces(options: SyntheticFacesOptions): Dataset {
  const { seed, count, scheme, width, height } = checkOptions(schema, options)
  return {
    length: count,
    scheme,
    async get(index, signal) {
      signal?.throwIfAborted()
      checkIndex(index, count)
      const parameters = anyFace(randomStream({ seed, purpose: 'synthetic-face', index }))
      return drawFace(`synthetic-${String(index).padStart(6, '0')}`, parameters, scheme, width, height)
    },
  }
}

function anyFace(random: Random): FaceParameters {
  return {
    identity: drawIdentity(random),
    expression: drawExpression(random),
    pose: { yaw: random.uniform(-38, 38), pitch: random.uniform(-14, 14), roll: random.normal(0, 8) },
    camera: {
      x: random.uniform(0.36, 0.64),
      y: random.uniform(0.36, 0.56),
      scale: random.uniform(0.13, 0.24),
      distance: random.uniform(9, 30),
    },
    light: drawLight(random, random.chance(0.25)),
    background: drawBackground(random),
    sensor: drawSensor(random),
  }
}
