import { z } from 'zod'
import type { Augmentation } from '../augmentation.ts'
import { type Definition, define } from '../define.ts'
import { drawSeed, pairSchema, seedSchema } from '../schemas.ts'
import { type FastRandom, fastRandom } from './gaussian.ts'
import { createPhotometricOp, fromUnits, toUnits } from './pixels.ts'

const MOST = 1e9

export interface ShotNoiseOptions {
  /** How many photons make white: the fewer, the noisier. From how many to how many, drawn evenly by ratio. */
  readonly photons: readonly [from: number, to: number]
}

export type ShotNoiseParams = { readonly photons: number; readonly seed: number }

const definition: Definition<ShotNoiseOptions, ShotNoiseParams> = {
  name: 'shotNoise',
  options: z.strictObject({ photons: pairSchema(1, MOST) }),
  params: z.strictObject({ photons: z.number().min(1).max(MOST), seed: seedSchema }),
  makeParams: (random, _, { photons: [from, to] }) => ({
    photons: from * (to / from) ** random.uniform(),
    seed: drawSeed(random),
  }),
  createOp: ({ photons, seed }) =>
    createPhotometricOp((image) => {
      const random = fastRandom(seed)
      return fromUnits(
        image,
        toUnits(image).map((unit) => poisson(unit * photons, random) / photons),
      )
    }),
}

/**
 * The noise of counting light: each value is drawn from a Poisson distribution whose mean is its photons. Throws
 * `AUGMENT_OPTIONS`.
 *
 * @example
 * ```ts
 * shotNoise({ photons: [50, 500] })
 * ```
 */
export function shotNoise(options: ShotNoiseOptions): Augmentation<ShotNoiseParams> {
  return define(definition, options)
}

/** Counts exactly up to a mean of 30 (Knuth); above that by the normal distribution, which differs by less than can be seen. */
function poisson(mean: number, random: FastRandom): number {
  if (!(mean > 0)) return 0
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()))
  const limit = Math.exp(-mean)
  let count = 0
  for (let product = random.uniform(); product > limit; product *= random.uniform()) count++
  return count
}
