import * as z from 'zod/mini'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { drawSeed, pairSchema, seedSchema } from '../schemas.ts'
import { type FastRandom, fastRandom } from './gaussian.ts'
import { createPhotometricOp, fromUnits, toUnits } from './pixels.ts'

const MAX_PHOTONS = 1e9

export interface ShotNoiseOptions {
  /** Range of the number of photons that make white, log-uniform: the fewer, the noisier. */
  readonly photons: readonly [from: number, to: number]
}

export type ShotNoiseParams = { readonly photons: number; readonly seed: number }

const definition: Definition<ShotNoiseOptions, ShotNoiseParams> = {
  name: 'shotNoise',
  options: z.strictObject({ photons: pairSchema(1, MAX_PHOTONS) }),
  params: z.strictObject({ photons: z.number().check(z.minimum(1), z.maximum(MAX_PHOTONS)), seed: seedSchema }),
  makeParams: (random, _, { photons: [from, to] }) => ({
    photons: from * (to / from) ** random.uniform(),
    seed: drawSeed(random),
  }),
  createOp: ({ photons, seed }) =>
    createPhotometricOp((image) => {
      const random = fastRandom(seed)
      return fromUnits(
        image,
        toUnits(image).map((unit) => drawPoisson(unit * photons, random) / photons),
      )
    }),
}

/**
 * Adds photon noise: each value is drawn from a Poisson distribution of its photon count.
 *
 * @throws `AUGMENT_OPTIONS` for invalid options
 *
 * @example
 * ```ts
 * shotNoise({ photons: [50, 500] })
 * ```
 */
export function shotNoise(options: ShotNoiseOptions): Augmentation<ShotNoiseParams> {
  return define(definition, options)
}

/** Draws exactly up to a mean of 30 (Knuth), and from the normal distribution above it. */
function drawPoisson(mean: number, random: FastRandom): number {
  if (!(mean > 0)) return 0
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()))
  const limit = Math.exp(-mean)
  let count = 0
  for (let product = random.uniform(); product > limit; product *= random.uniform()) count++
  return count
}
