import * as tf from '@tensorflow/tfjs-core'
import * as z from 'zod/mini'
import { parseByKind } from '../options/parse-by-kind.ts'
import { type LossDefinition, positiveOption } from './loss-definition.ts'
import { coordinateLoss, type PointLoss, piecewise } from './point-loss.ts'

export interface SoftWingOptions {
  /** Distance at which the absolute error ends, in pixels (default 2). */
  readonly omega1?: number | undefined
  /** Factor of the logarithm, in pixels (default 20). */
  readonly omega2?: number | undefined
  /** Curvature of the logarithm, in pixels (default 0.5). */
  readonly epsilon?: number | undefined
  /** Height of the image that distances are scaled to, in pixels (default 256). */
  readonly height?: number | undefined
}

type SoftWingSettings = SoftWingOptions & { readonly kind: 'softWing' }

const schema = z.strictObject({
  kind: z.literal('softWing'),
  omega1: positiveOption,
  omega2: positiveOption,
  epsilon: positiveOption,
  height: positiveOption,
})

/**
 * Creates a loss that is absolute for small errors, whose labels are uncertain themselves, and logarithmic for larger ones.
 *
 * The weighted mean over the coordinates of
 *
 *     x  if x < omega1,   else  omega2 ln(1 + x / epsilon) + omega1 - omega2 ln(1 + omega1 / epsilon)
 *
 * with the distance x in pixels of an image of `height` pixels.
 *
 * @throws `TRAIN_OPTION` for an invalid option
 *
 * Source: Lin et al., Structure-Coherent Deep Feature Learning for Robust Face Alignment, IEEE TIP 2021.
 */
export function softWingLoss(options: SoftWingOptions = {}): PointLoss {
  const { omega1 = 2, omega2 = 20, epsilon = 0.5, height = 256 } = parseByKind(schema, 'softWing', options)
  const offset = omega1 - omega2 * Math.log(1 + omega1 / epsilon)
  return coordinateLoss(height, (x) =>
    piecewise(x, omega1, x, tf.add(tf.mul(tf.log1p(tf.div(x, epsilon)), omega2), offset)),
  )
}

export const softWingDefinition: LossDefinition<SoftWingSettings> = { kind: 'softWing', schema, create: softWingLoss }
