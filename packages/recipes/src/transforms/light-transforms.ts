import { type Augmentation, brightness, contrast, linearLight } from '@facekp/augment'
import type { LightLimits } from './limits.ts'

/** Random contrast, brightness and a linear gradient of light; a limit of 0 leaves contrast or gradient out. */
export function lightTransforms(limits: LightLimits): readonly Augmentation[] {
  return [
    ...(limits.contrast > 0 ? [contrast({ factor: limits.contrast })] : []),
    brightness({ factor: limits.brightness }),
    ...(limits.shade > 0 ? [linearLight({ strength: limits.shade })] : []),
  ]
}
