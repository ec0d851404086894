import { checkArgument, FacekpError, type Keypoints, listKind, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { createSharedUse } from '@facekp/graph'
import { checkSamePoints } from '@facekp/options'
import { capturePageSource, type ImageSource } from './image-source.ts'
import { disposedError, type Landmarker } from './landmarker.ts'
import type { Landmarks } from './landmarks.ts'
import { isWholeImage, markWholeImage } from './whole-image.ts'

const LANDMARKERS = listKind(
  objectKind({
    scheme: KINDS.scheme,
    detect: KINDS.function,
    landmarks: KINDS.function,
    dispose: KINDS.function,
  }),
)

/** A landmarker of single images. */
export type MeanLandmarker<Source = ImageSource> = Pick<
  Landmarker<Source>,
  'scheme' | 'detect' | 'landmarks' | 'dispose'
>

/**
 * Averages landmarkers of the same points: each point is the mean of those that the landmarkers find, which is more accurate than any of
 * them if they err differently, as a fit to few labels and a trained network do, or networks of different seeds. The time is the sum.
 *
 * @param landmarkers two or more of one scheme. The first finds the faces; boxes, scores, confidences and poses are its own. Networks that see
 *   whole images come after those that find faces, and suit only images of one face
 * @returns a landmarker for `evaluateLandmarker` or for your own images; its `dispose` disposes of all
 * @throws FacekpError `LANDMARKER_SCHEME` if the points of the landmarkers differ; `ARGUMENT` for fewer than two, or if only the others find faces
 * @example
 * ```ts
 * const landmarker = averageLandmarkers([await loadLandmarker('my-fit'), await loadLandmarker('runs/faces/landmarker')])
 * const { faces } = await landmarker.detect('face.jpg')
 * ```
 *
 * Source: Hansen and Salamon 1990, Neural Network Ensembles.
 */
export function averageLandmarkers<Source = ImageSource>(
  landmarkers: readonly MeanLandmarker<Source>[],
): MeanLandmarker<Source> {
  checkArgument(LANDMARKERS, landmarkers, 'landmarkers', 'averageLandmarkers')
  const [first, ...others] = landmarkers
  if (first === undefined || others.length === 0) {
    throw argumentError('too few landmarkers to average', 'two or more', `${landmarkers.length}`)
  }
  const { scheme } = first
  for (const other of others) {
    checkSamePoints(first, other, { code: 'LANDMARKER_SCHEME', problem: 'the landmarkers find different points' })
  }
  // The box of a face in a whole image is the image: others would look for a face of this size.
  if (isWholeImage(first) && !others.every(isWholeImage)) {
    throw argumentError('the first landmarker finds no faces', 'one with a detector first', 'a network of whole images')
  }
  const use = createSharedUse(() => {
    for (const landmarker of landmarkers) landmarker.dispose()
  }, disposedError)
  const mean: MeanLandmarker<Source> = {
    scheme,
    async detect(source, options) {
      // All landmarkers see the same frame of a video.
      const image = capturePageSource(source) as Source
      return use.run(async () => {
        const { faces } = await first.detect(image, options)
        const averaged = faces.map(async (face) => {
          const landmarks = await Promise.all(others.map((other) => other.landmarks(image, face.box)))
          return { ...face, points: averagePoints([face, ...landmarks]) }
        })
        return { faces: await Promise.all(averaged) }
      })
    },
    async landmarks(source, box) {
      const image = capturePageSource(source) as Source
      return use.run(async () => {
        const landmarks = await Promise.all(landmarkers.map((landmarker) => landmarker.landmarks(image, box)))
        return { ...(landmarks[0] as Landmarks), points: averagePoints(landmarks) }
      })
    },
    dispose: use.dispose,
  }
  if (isWholeImage(first)) markWholeImage(mean)
  return mean
}

function argumentError(problem: string, expected: string, received: string): FacekpError {
  return new FacekpError({ code: 'ARGUMENT', problem: `averageLandmarkers: ${problem}`, expected, received })
}

function averagePoints(faces: readonly { readonly points: Keypoints }[]): Keypoints {
  const [first] = faces as [{ readonly points: Keypoints }]
  return first.points.map((_, k) => faces.reduce((sum, { points }) => sum + (points[k] as number), 0) / faces.length)
}
