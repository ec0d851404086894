import { checkedLossOptions } from './loss-schema.ts'
import { coordinateLoss, type PointLoss, piecewise } from './point-loss.ts'

/**
 * Squared error near the point and absolute error far from it (Huber's, divided by `beta`): the weighted mean over the
 * coordinates of
 *
 *     x² / (2 beta)  where x < beta,   else  x - beta / 2
 *
 * with the distance x in pixels of a picture `height` pixels high.
 *
 * @param options.beta in pixels, default 1
 * @param options.height default 256
 *
 * Source: Girshick 2015, arXiv:1504.08083; PyTorch's `smooth_l1_loss`.
 */
export function smoothL1Loss(
  options: { readonly beta?: number | undefined; readonly height?: number | undefined } = {},
): PointLoss {
  const { beta = 1, height = 256 } = checkedLossOptions('smoothL1', options)
  return coordinateLoss(height, (x) => piecewise(x, beta, x.square().div(2 * beta), x.sub(beta / 2)))
}
