import * as z from 'zod/mini'
import { learningRateSchema, type ScheduleDefinition } from './schedule-definition.ts'

const START_DIVISOR = 25
const END_DIVISOR = 1e4

interface OneCycleSettings {
  readonly kind: 'oneCycle'
  /** Largest learning rate. */
  readonly learningRate: number
  /** Fraction of the steps in which the learning rate rises, 0 to 1 (default 0.3). */
  readonly pctStart?: number | undefined
}

/**
 * Up from `learningRate / 25` to `learningRate`, then down to `learningRate / 250000`, each along half a cosine. It needs no warm-up.
 *
 * Source: PyTorch's OneCycleLR, without its change of momentum; Smith and Topin 2018, arXiv:1708.07120.
 */
export const oneCycleDefinition: ScheduleDefinition<OneCycleSettings> = {
  kind: 'oneCycle',
  schema: z.strictObject({
    kind: z.literal('oneCycle'),
    learningRate: learningRateSchema,
    pctStart: z.optional(z.number().check(z.positive(), z.lt(1))),
  }),
  dependsOnSteps: true,
  learningRateAt({ learningRate, pctStart = 0.3 }, { step, steps }) {
    const start = learningRate / START_DIVISOR
    const peak = pctStart * steps - 1
    const last = steps - 1
    // The peak begins the way down: it may be the first step, and then there is no way up.
    return step < peak
      ? interpolateCosine(start, learningRate, step / peak)
      : interpolateCosine(learningRate, start / END_DIVISOR, (step - peak) / (last - peak))
  },
}

/** Interpolates along half a cosine: `from` if t is 0, `to` if it is 1. */
function interpolateCosine(from: number, to: number, t: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * t))) / 2
}
