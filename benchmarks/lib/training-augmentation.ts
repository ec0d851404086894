import {
  type Augmentation,
  affine,
  brightness,
  compose,
  horizontalFlip,
  noise,
  resize,
  sometimes,
} from '@facekp/augment'
import { IMM_58 } from '@facekp/core'

/** Creates a typical training augmentation: affine map, flip at 0.5, resize to 240 x 240, brightness, noise. */
export function trainingAugmentation(): Augmentation {
  return compose([
    affine({ degrees: 15, scale: 1.15, shift: 0.05 }),
    sometimes(0.5, horizontalFlip({ scheme: IMM_58 })),
    resize({ width: 240, height: 240 }),
    brightness({ factor: 0.2 }),
    noise({ sigma: [0.01, 0.04] }),
  ])
}
