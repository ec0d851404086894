import {
  type Box,
  checkOptions,
  FacekpError,
  formatValue,
  type Image,
  imageBox,
  type KeypointScheme,
  optionsKind,
} from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type DetectFaces, type DetectOptions, loadDetector } from '@facekp/detector'
import { createSharedUse } from '@facekp/graph'
import type { ImageSource } from './image-source.ts'
import { createLandmarkFinder } from './landmark-finder.ts'
import type { Landmarks } from './landmarks.ts'
import type { Predictor } from './predictors/predictor.ts'
import { trackFaces } from './tracking/track-faces.ts'
import type { TrackOptions } from './tracking/track-options.ts'
import type { Frames, TrackedFrame } from './tracking/tracked-frame.ts'
import { markWholeImage } from './whole-image.ts'

/** A detected face with its keypoints. */
export interface LandmarkedFace extends Landmarks {
  /** The detector's box; of a network that sees whole images: the whole image, because no detector runs. */
  readonly box: Box
  /** The detector's score, 0 to 1; of a network that sees whole images: its confidence. */
  readonly score: number
}

/** Finds keypoints on images. `Source` is the type of its images. */
export interface Landmarker<Source = ImageSource> {
  readonly scheme: KeypointScheme
  /**
   * Finds the faces of an image and their keypoints, best face first. A landmarker whose network sees whole images always finds one face,
   * even if it shows no face.
   *
   * @param options of the detector: `minScore`, `maxFaces`, `tiles`, `rotations`
   * @throws FacekpError `LANDMARKER_IMAGE`, `LANDMARKER_DISPOSED`, those of the detector
   */
  detect(image: Source, options?: DetectOptions): Promise<{ faces: LandmarkedFace[] }>
  /**
   * Finds the keypoints of the face in a box. A tilted face costs nothing, because its points level the crop, unless the landmarker is a
   * network in upright crops. A network that sees whole images does not need the box, and ignores where it is.
   *
   * @param box around the face's points from eyebrows to chin, as a detection's
   * @throws FacekpError `LANDMARKER_BOX`, `LANDMARKER_IMAGE`, `LANDMARKER_DISPOSED`
   */
  landmarks(image: Source, box: Box): Promise<Landmarks>
  /**
   * Follows the faces of a video from frame to frame. Each face keeps its `id`, and its points are smoothed. A frame is requested only
   * when the result before it has been taken, so no frames pile up. The iteration ends with the frames, on `break`, or by throwing the
   * reason of `signal`.
   *
   * @param frames images of any iterable, in the order of time; or a video element, which is followed until it ends. The stream of a camera
   *   does not end, even when it is stopped: abort `signal` then
   * @throws FacekpError `LANDMARKER_OPTION`; during the iteration those of `detect`
   * @example
   * ```ts
   * for await (const { faces } of landmarker.track(frames, { framesPerSecond: 25 })) {
   *   for (const { id, points } of faces) console.log(id, points)
   * }
   * ```
   */
  track(frames: Frames<Source>, options?: TrackOptions): AsyncGenerator<TrackedFrame, void>
  /** Frees the weights, once the calls under way have ended. */
  dispose(): void
}

export interface LandmarkerOptions {
  /** Finds the faces; default: that of `@facekp/detector`. */
  readonly detector?: DetectFaces
  /**
   * Test-time augmentation: whether each mesh is averaged with that of the mirrored crop, which is some 3 % more accurate and takes one
   * more run of the network. Default: false; for a model, as it was fitted or created.
   */
  readonly tta?: boolean
}

const OPTIONS = optionsKind({ detector: KINDS.function, tta: KINDS.boolean })

/**
 * Checks options before anything is loaded.
 *
 * @throws FacekpError `LANDMARKER_OPTIONS`
 */
export function checkLandmarkerOptions(options: LandmarkerOptions): void {
  checkOptions(OPTIONS, options, { code: 'LANDMARKER_OPTIONS', name: 'loadLandmarker' })
}

/** Creates a landmarker, which disposes of the predictor with itself. */
export async function createLandmarker<Source>(
  predictor: Predictor,
  toImage: (source: Source) => Promise<Image>,
  options: LandmarkerOptions,
): Promise<Landmarker<Source>> {
  const detector = options.detector === undefined ? await loadDetector() : undefined
  const detectFaces = (options.detector ?? detector?.detectFaces) as DetectFaces
  const finder = await createLandmarkFinder(predictor, options.tta ?? predictor.tta)
  const use = createSharedUse(() => {
    detector?.dispose()
    finder.dispose()
  }, disposedError)
  const landmarker: Landmarker<Source> = {
    scheme: predictor.scheme,
    detect: (source, detectOptions) =>
      use.run(async () => {
        const image = await toImage(source)
        if (predictor.input === 'image') {
          const box = imageBox(image)
          const [landmarks] = (await finder.findLandmarks(image, [{ box }])) as [Landmarks]
          return { faces: [{ box, score: landmarks.confidence, ...landmarks }] }
        }
        const detections = await detectFaces(image, detectOptions)
        const landmarks = await finder.findLandmarks(image, detections)
        return { faces: detections.map(({ box, score }, i) => ({ box, score, ...(landmarks[i] as Landmarks) })) }
      }),
    landmarks: (source, box) =>
      use.run(async () => {
        checkBox(box)
        const [landmarks] = await finder.findLandmarks(await toImage(source), [{ box }])
        return landmarks as Landmarks
      }),
    track(frames, trackOptions) {
      use.check()
      return trackFaces({ ...finder, detectFaces, loadFrame: toImage, run: use.run }, frames, trackOptions)
    },
    dispose: use.dispose,
  }
  if (predictor.input === 'image') markWholeImage(landmarker)
  return landmarker
}

/** @throws FacekpError `LANDMARKER_BOX` */
export function checkBox(box: Box | undefined): asserts box is Box {
  const { left = Number.NaN, top = Number.NaN, width = 0, height = 0 } = box ?? {}
  if (Number.isFinite(left) && Number.isFinite(top) && width > 0 && height > 0 && width + height < Infinity) return
  throw new FacekpError({
    code: 'LANDMARKER_BOX',
    problem: 'invalid box',
    expected: '{ left, top, width, height } of finite numbers, width and height above 0',
    received: formatValue(box),
  })
}

/** Creates the error of a landmarker, or of something like it, that is used after `dispose`. */
export function disposedError(noun = 'landmarker', loader = 'loadLandmarker'): FacekpError {
  return new FacekpError({
    code: 'LANDMARKER_DISPOSED',
    problem: `the ${noun} has been disposed of`,
    expected: `a new one, by ${loader}()`,
  })
}
