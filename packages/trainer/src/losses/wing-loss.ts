import * as tf from '@tensorflow/tfjs-core'
import * as z from 'zod/mini'
import { parseByKind } from '../options/parse-by-kind.ts'
import { type LossDefinition, positiveOption } from './loss-definition.ts'
import { coordinateLoss, type PointLoss, piecewise } from './point-loss.ts'

export interface WingOptions {
  /** Distance at which the logarithm ends, in pixels (default 10). */
  readonly omega?: number | undefined
  /** Curvature of the logarithm, in pixels (default 2). */
  readonly epsilon?: number | undefined
  /** Height of the image that distances are scaled to, in pixels (default 256). */
  readonly height?: number | undefined
}

type WingSettings = WingOptions & { readonly kind: 'wing' }

const schema = z.strictObject({
  kind: z.literal('wing'),
  omega: positiveOption,
  epsilon: positiveOption,
  height: positiveOption,
})

/**
 * Creates a loss that gives small errors more weight than the absolute error does.
 *
 * The weighted mean over the coordinates of
 *
 *     omega ln(1 + x / epsilon)  if x < omega,   else  x - omega + omega ln(1 + omega / epsilon)
 *
 * with the distance x in pixels of an image of `height` pixels.
 *
 * @throws `TRAIN_OPTION` for an invalid option
 *
 * Source: Feng et al. 2018, arXiv:1711.06753.
 */
export function wingLoss(options: WingOptions = {}): PointLoss {
  const { omega = 10, epsilon = 2, height = 256 } = parseByKind(schema, 'wing', options)
  const offset = omega - omega * Math.log(1 + omega / epsilon)
  return coordinateLoss(height, (x) =>
    piecewise(x, omega, tf.mul(tf.log1p(tf.div(x, epsilon)), omega), tf.sub(x, offset)),
  )
}

export const wingDefinition: LossDefinition<WingSettings> = { kind: 'wing', schema, create: wingLoss }
