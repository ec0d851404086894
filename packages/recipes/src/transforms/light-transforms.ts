import { type Augmentation, brightness, contrast, linearLight } from '@facekp/augment'
import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type { LightLimits } from './limits.ts'

/** Creates random contrast, brightness and a linear gradient of light. A limit of 0 omits contrast or gradient. */
export function lightTransforms(limits: LightLimits): readonly Augmentation[] {
  checkArgument(KINDS.object, limits, 'limits', 'lightTransforms')
  return [
    ...(limits.contrast > 0 ? [contrast({ factor: limits.contrast })] : []),
    brightness({ factor: limits.brightness }),
    ...(limits.shade > 0 ? [linearLight({ strength: limits.shade })] : []),
  ]
}
