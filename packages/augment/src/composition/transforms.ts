import { FacekpError } from '@facekp/core'
import type { Augmentation } from '../augmentation.ts'

/** Throws `AUGMENT_OPTIONS` where there is nothing to choose from. */
export function checkTransforms(name: string, transforms: readonly Augmentation[]): void {
  if (transforms.length > 0) return
  throw new FacekpError({
    code: 'AUGMENT_OPTIONS',
    problem: `${name} has nothing to choose from`,
    received: 'an empty list',
    expected: 'one augmentation or more',
  })
}
