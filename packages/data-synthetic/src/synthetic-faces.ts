import { checkIndex, type Dataset, IBUG_68, IMM_58, type KeypointScheme, type Random, randomStream } from '@facekp/core'
import * as z from 'zod/mini'
import { parseOptions, seedSchema, sizeSchema } from './options.ts'
import type { FaceParameters } from './parameters.ts'
import { renderFace } from './render-face.ts'
import { sampleBackground, sampleExpression, sampleIdentity, sampleLight, sampleSensor } from './sample-parameters.ts'

const schema = z.strictObject({
  seed: seedSchema,
  count: z.int().check(z.positive()),
  scheme: z.custom<KeypointScheme>((scheme) => scheme === IMM_58 || scheme === IBUG_68, 'IMM_58 or IBUG_68'),
  ...sizeSchema,
})

export interface SyntheticFacesOptions {
  readonly seed: number
  /** Number of faces. */
  readonly count: number
  /** `IMM_58` or `IBUG_68` of `@facekp/core`. */
  readonly scheme: KeypointScheme
  /** Width of the images in pixels, 32 to 8192; default 640. */
  readonly width?: number
  /** Height of the images in pixels, 32 to 8192; default 480. */
  readonly height?: number
}

/**
 * Creates a dataset of synthetic faces: different people in any pose, expression, light and place. Sample i depends only on the seed
 * and i; it is rendered when it is read.
 *
 * @throws FacekpError `SYNTHETIC_OPTIONS`
 * @example
 * ```ts
 * const faces = syntheticFaces({ seed: 1, count: 1000, scheme: IBUG_68 })
 * const { image, keypoints } = await faces.get(0)
 * ```
 */
export function syntheticFaces(options: SyntheticFacesOptions): Dataset {
  const { seed, count, scheme, width, height } = parseOptions(schema, options)
  return {
    length: count,
    scheme,
    async get(index, signal) {
      signal?.throwIfAborted()
      checkIndex(index, count)
      const id = `synthetic-${String(index).padStart(6, '0')}`
      const parameters = sampleFace(randomStream({ seed, purpose: 'synthetic-face', index }))
      return renderFace({ id, parameters, scheme, size: { width, height } })
    },
  }
}

function sampleFace(random: Random): FaceParameters {
  return {
    identity: sampleIdentity(random),
    expression: sampleExpression(random),
    pose: { yaw: random.uniform(-38, 38), pitch: random.uniform(-14, 14), roll: random.normal(0, 8) },
    camera: {
      x: random.uniform(0.36, 0.64),
      y: random.uniform(0.36, 0.56),
      scale: random.uniform(0.13, 0.24),
      distance: random.uniform(9, 30),
    },
    light: sampleLight(random, random.chance(0.25)),
    background: sampleBackground(random),
    sensor: sampleSensor(random),
  }
}
