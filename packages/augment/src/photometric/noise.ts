import type { Image } from '@facekp/core'
import * as z from 'zod/mini'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { drawSeed, pairSchema, seedSchema } from '../schemas.ts'
import { addNormals } from './gaussian.ts'
import { createPhotometricOp, getPixelScale } from './pixels.ts'

export interface NoiseOptions {
  /** Standard deviation as a fraction of the range from black to white: 0 to this number, or [from, to]. */
  readonly sigma: number | readonly [from: number, to: number]
}

export type NoiseParams = { readonly sigma: number; readonly seed: number }

const definition: Definition<NoiseOptions, NoiseParams> = {
  name: 'noise',
  options: z.strictObject({ sigma: z.union([z.number().check(z.minimum(0), z.maximum(1)), pairSchema(0, 1)]) }),
  params: z.strictObject({ sigma: z.number().check(z.minimum(0), z.maximum(1)), seed: seedSchema }),
  makeParams: (random, _, { sigma }) => ({
    sigma: typeof sigma === 'number' ? random.uniform(0, sigma) : random.uniform(...sigma),
    seed: drawSeed(random),
  }),
  createOp: ({ sigma, seed }) => createPhotometricOp((image) => addNoise(image, sigma, seed)),
}

/**
 * Adds independent Gaussian noise to each value, like the readout noise of a sensor.
 *
 * @throws `AUGMENT_OPTIONS` for invalid options
 *
 * @example
 * ```ts
 * noise({ sigma: 0.03 })
 * ```
 */
export function noise(options: NoiseOptions): Augmentation<NoiseParams> {
  return define(definition, options)
}

function addNoise(image: Image, sigma: number, seed: number): Image {
  const { data } = image
  const { black, range } = getPixelScale(image)
  if (data instanceof Uint8Array) {
    const bytes = new Uint8ClampedArray(data.length)
    addNormals(data, bytes, sigma * range, seed)
    return { ...image, data: new Uint8Array(bytes.buffer) }
  }
  const reals = new Float32Array(data.length)
  addNormals(data, reals, sigma * range, seed)
  return { ...image, data: reals.map((value) => Math.min(Math.max(value, black), black + range)) }
}
