import { checkedLossOptions } from './loss-schema.ts'
import { coordinateLoss, type PointLoss, piecewise } from './point-loss.ts'

/**
 * Weighs small errors more than absolute error does: the weighted mean over the coordinates of
 *
 *     omega ln(1 + x / epsilon)  where x < omega,   else  x - omega + omega ln(1 + omega / epsilon)
 *
 * with the distance x in pixels of a picture `height` pixels high.
 *
 * @param options.omega in pixels, default 10
 * @param options.epsilon in pixels, default 2
 * @param options.height default 256
 *
 * Source: Feng et al. 2018, arXiv:1711.06753.
 */
export function wingLoss(
  options: {
    readonly omega?: number | undefined
    readonly epsilon?: number | undefined
    readonly height?: number | undefined
  } = {},
): PointLoss {
  const { omega = 10, epsilon = 2, height = 256 } = checkedLossOptions('wing', options)
  const step = omega - omega * Math.log(1 + omega / epsilon)
  return coordinateLoss(height, (x) => piecewise(x, omega, x.div(epsilon).log1p().mul(omega), x.sub(step)))
}
