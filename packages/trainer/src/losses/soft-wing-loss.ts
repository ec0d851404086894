import { checkedLossOptions } from './loss-schema.ts'
import { coordinateLoss, type PointLoss, piecewise } from './point-loss.ts'

/**
 * Absolute error for small errors, whose labels are not sure themselves, and logarithmic for larger ones: the weighted mean over
 * the coordinates of
 *
 *     x  where x < omega1,   else  omega2 ln(1 + x / epsilon) + omega1 - omega2 ln(1 + omega1 / epsilon)
 *
 * with the distance x in pixels of a picture `height` pixels high.
 *
 * @param options.omega1 in pixels, default 2
 * @param options.omega2 in pixels, default 20
 * @param options.epsilon in pixels, default 0.5
 * @param options.height default 256
 *
 * Source: Lin et al., Structure-Coherent Deep Feature Learning for Robust Face Alignment, IEEE TIP 2021.
 */
export function softWingLoss(
  options: {
    readonly omega1?: number | undefined
    readonly omega2?: number | undefined
    readonly epsilon?: number | undefined
    readonly height?: number | undefined
  } = {},
): PointLoss {
  const { omega1 = 2, omega2 = 20, epsilon = 0.5, height = 256 } = checkedLossOptions('softWing', options)
  const step = omega1 - omega2 * Math.log(1 + omega1 / epsilon)
  return coordinateLoss(height, (x) => piecewise(x, omega1, x, x.div(epsilon).log1p().mul(omega2).add(step)))
}
