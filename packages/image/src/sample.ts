import { checkArgument, composeAffine, cropAndResize, imageBox, invert, mapKeypoints, type Sample } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { toGray } from './color.ts'
import { resizeImage } from './resize.ts'

/**
 * Resizes a sample: its image by {@link resizeImage}, and its points, box and `toSource` with it.
 *
 * @example
 * ```ts
 * const small = mapDataset(faces, (sample) => resizeSample(graySample(sample), 80, 60))
 * ```
 */
export function resizeSample(sample: Sample, width: number, height: number): Sample {
  checkArgument(KINDS.sample, sample, 'sample', 'resizeSample')
  const { box, ...rest } = sample
  const map = cropAndResize(imageBox(sample.image), width, height)
  const sx = width / sample.image.width
  const sy = height / sample.image.height
  return {
    ...rest,
    image: resizeImage(sample.image, width, height),
    keypoints: mapKeypoints(map, sample.keypoints),
    ...(box ? { box: { left: box.left * sx, top: box.top * sy, width: box.width * sx, height: box.height * sy } } : {}),
    toSource: composeAffine(invert(map), sample.toSource),
  }
}

/** Converts the image of a sample to gray (Rec. 601). */
export function graySample(sample: Sample): Sample {
  checkArgument(KINDS.sample, sample, 'sample', 'graySample')
  return { ...sample, image: toGray(sample.image) }
}
