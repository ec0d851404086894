import {
  allVisible,
  boundingBox,
  checkArgument,
  type Image,
  type KeypointScheme,
  type Keypoints,
  listKind,
  objectKind,
  optionsKind,
} from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { checkSchemePoints } from '../checks.ts'
import { renderImage } from '../drawing/image-element.ts'
import { renderParts, renderPoints } from '../drawing/keypoint-marks.ts'
import type { Plot } from '../drawing/plot.ts'
import { escapeText } from '../drawing/svg.ts'
import { PREDICTED_COLOR } from '../drawing/theme.ts'

const KEYPOINT_OVERLAY_FACES = listKind(objectKind({ points: KINDS.keypoints }))
const KEYPOINT_OVERLAY_OPTIONS = optionsKind({ title: KINDS.string, scheme: KINDS.scheme })

export interface KeypointOverlayOptions {
  /** Default `Keypoints`. */
  readonly title?: string
  /** Draws the parts of this scheme as lines; default no lines. */
  readonly scheme?: KeypointScheme
}

/** Radius of a point, relative to the longer side of the face's points. */
const RADIUS = 0.012
const MIN_RADIUS = 2.5

/**
 * Plots the keypoints of all faces on their image, in the size of the image and without margins.
 *
 * @param faces as a landmarker returns them: their points in pixels of the image
 * @throws FacekpError `KEYPOINT_COUNT` if a face does not have the points of the scheme
 * @example
 * ```ts no-run
 * const { faces } = await landmarker.detect(image)
 * await writePlot(await keypointOverlay(image, faces), 'face.png')
 * ```
 */
export async function keypointOverlay(
  image: Image,
  faces: readonly { readonly points: Keypoints }[],
  options: KeypointOverlayOptions = {},
): Promise<Plot> {
  checkArgument(KINDS.image, image, 'image', 'keypointOverlay')
  checkArgument(KEYPOINT_OVERLAY_FACES, faces, 'faces', 'keypointOverlay')
  checkArgument(KEYPOINT_OVERLAY_OPTIONS, options, 'options', 'keypointOverlay')
  const { title = 'Keypoints', scheme } = options
  const { width, height } = image
  const marks = faces.map(({ points }, index) => {
    if (scheme) checkSchemePoints(`face ${index}`, points, scheme)
    const face = { keypoints: points, visibility: allVisible(points.length / 2) }
    const box = boundingBox(points)
    const radius = Math.max(MIN_RADIUS, RADIUS * Math.max(box.width, box.height))
    return [
      scheme ? renderParts(face, scheme.parts, 1, { color: PREDICTED_COLOR, width: radius / 2 }) : '',
      renderPoints(face, 1, { color: PREDICTED_COLOR, shape: 'ring', radius }),
    ].join('')
  })
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escapeText(title)}</title>${await renderImage(image, width)}${marks.join('')}</svg>`,
  ].join('')
  return { title, svg, width, height }
}
