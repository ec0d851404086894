import * as tf from '@tensorflow/tfjs-core'
import * as z from 'zod/mini'
import { parseByKind } from '../options/parse-by-kind.ts'
import { type LossDefinition, positiveOption } from './loss-definition.ts'
import { coordinateLoss, type PointLoss, piecewise } from './point-loss.ts'

export interface SmoothL1Options {
  /** Distance at which the squared error ends, in pixels (default 1). */
  readonly beta?: number | undefined
  /** Height of the image that distances are scaled to, in pixels (default 256). */
  readonly height?: number | undefined
}

type SmoothL1Settings = SmoothL1Options & { readonly kind: 'smoothL1' }

const schema = z.strictObject({ kind: z.literal('smoothL1'), beta: positiveOption, height: positiveOption })

/**
 * Creates a loss that is squared near the point and absolute far from it (Huber's, divided by `beta`).
 *
 * The weighted mean over the coordinates of
 *
 *     x² / (2 beta)  if x < beta,   else  x - beta / 2
 *
 * with the distance x in pixels of an image of `height` pixels.
 *
 * @throws `TRAIN_OPTION` for an invalid option
 *
 * Source: Girshick 2015, arXiv:1504.08083; PyTorch's `smooth_l1_loss`.
 */
export function smoothL1Loss(options: SmoothL1Options = {}): PointLoss {
  const { beta = 1, height = 256 } = parseByKind(schema, 'smoothL1', options)
  return coordinateLoss(height, (x) => piecewise(x, beta, tf.div(tf.square(x), 2 * beta), tf.sub(x, beta / 2)))
}

export const smoothL1Definition: LossDefinition<SmoothL1Settings> = { kind: 'smoothL1', schema, create: smoothL1Loss }
