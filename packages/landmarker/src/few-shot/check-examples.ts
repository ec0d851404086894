import { FacekpError, type KeypointScheme } from '@facekp/core'
import type { Examples } from './examples.ts'

/** Fewer images cannot be fitted and left out. */
const MIN_IMAGES = 3

/**
 * Checks that there are enough examples to fit a landmarker and to leave some out.
 *
 * @param groups number of the group of each example
 * @throws FacekpError `FEW_SHOT_IMAGES`, `FEW_SHOT_GROUPS`, `FEW_SHOT_POINT`
 */
export function checkExamples({ examples, missed }: Examples, groups: readonly number[], scheme: KeypointScheme): void {
  if (examples.length < MIN_IMAGES) {
    throw new FacekpError({
      code: 'FEW_SHOT_IMAGES',
      problem: 'too few images with a detected face at the labels',
      expected: `at least ${MIN_IMAGES}; 20 are a good start`,
      received: `${examples.length}, and ${missed.length} without a face`,
    })
  }
  if (new Set(groups).size < 2) {
    throw new FacekpError({
      code: 'FEW_SHOT_GROUPS',
      problem: 'option groups: all images are in one group',
      expected: 'at least 2 groups, such as people, so that one can be left out',
      received: `${examples.length} images of one group`,
    })
  }
  for (const [point, name] of scheme.pointNames.entries()) {
    const labeled = groups.filter((_, i) => examples[i]?.sample.visibility[point] !== 0)
    if (labeled.length >= MIN_IMAGES && new Set(labeled).size >= 2) continue
    throw new FacekpError({
      code: 'FEW_SHOT_POINT',
      problem: `point ${name} of scheme ${scheme.name} has too few labels`,
      expected: `labels on at least ${MIN_IMAGES} images of 2 groups; or leave the point out by pickKeypoints`,
      received: `${labeled.length} images of ${new Set(labeled).size} groups`,
    })
  }
}
