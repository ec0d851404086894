import { type Augmentation, brightness, contrast, linearLight } from '@facekp/augment'

/** How a picture may be lit anew. */
export type Light = {
  /** Contrast and brightness are multiplied by 1 minus this to 1 plus this. */
  readonly contrast: number
  readonly brightness: number
  /** How much brighter one edge may become than the middle, as a fraction of the way from black to white. */
  readonly shade: number
}

/** What lights a picture anew, as far as the limits go. */
export function lit(limits: Light): readonly Augmentation[] {
  return [
    ...(limits.contrast > 0 ? [contrast({ factor: limits.contrast })] : []),
    brightness({ factor: limits.brightness }),
    ...(limits.shade > 0 ? [linearLight({ strength: limits.shade })] : []),
  ]
}
