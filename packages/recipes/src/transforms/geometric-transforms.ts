import { type Augmentation, affine, horizontalFlip, randomCropAroundBox, resize, sometimes } from '@facekp/augment'
import { checkArgument, type KeypointScheme } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { FRAME, type Frame, frameSize, type GeometricLimits } from './limits.ts'

/**
 * Creates random rotation, scale, shift and flip whose output has the size of the frame. Neighboring affine steps are sampled
 * once.
 *
 * @example
 * ```ts
 * const view = compose(geometricTransforms({ degrees: 8, scale: 1.06, shift: 0.02, flipProb: 0.5 }, { size: 128, margin: 0.2 }, IBUG_68))
 * ```
 */
export function geometricTransforms(
  limits: GeometricLimits,
  frame: Frame,
  scheme: KeypointScheme,
): readonly Augmentation[] {
  checkArgument(KINDS.object, limits, 'limits', 'geometricTransforms')
  checkArgument(FRAME, frame, 'frame', 'geometricTransforms')
  checkArgument(KINDS.scheme, scheme, 'scheme', 'geometricTransforms')
  const { degrees, scale, shift, flipProb } = limits
  const border = limits.border === 'black' ? { constant: 0 } : ('edge' as const)
  const flip = sometimes(flipProb, horizontalFlip({ scheme }))
  const size = frameSize(frame)
  const { margin } = frame
  if (margin === undefined) return [affine({ degrees, scale, shift, border }), flip, resize(size)]
  return [affine({ degrees, border }), flip, randomCropAroundBox({ ...size, margin, scale, shift, border })]
}
