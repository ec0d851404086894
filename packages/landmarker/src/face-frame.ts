import {
  type Affine,
  type Box,
  boundingBox,
  composeAffine,
  type Keypoints,
  mapKeypoints,
  mapPoint,
  pointAt,
  rotation,
  scaling,
  translation,
} from '@facekp/core'

/** A square around a face, rotated so that the eyes are level in it. */
export interface FaceFrame {
  /** Center, in point coordinates of the image. */
  readonly x: number
  readonly y: number
  /** In pixels of the image. */
  readonly side: number
  /** Clockwise rotation of the face. */
  readonly degrees: number
}

/** The mesh's network was trained on squares of this size relative to the face. */
export const MARGIN = 1.5
/** Size of the square relative to the larger side of a box from eyebrows to chin. */
export const BOX_MARGIN = 1.62
/** How far the square's center lies above that of the box, relative to the height of the box. */
export const FOREHEAD_SHIFT = 0.07
/** The outer eye corners of the mesh, the person's right one first. */
export const EYE_CORNERS = [33, 263] as const

/** Returns the map from pixels of the frame's crop, `size` x `size`, to those of the image, both in point coordinates. */
export function mapFrameToImage({ x, y, side, degrees }: FaceFrame, size: number): Affine {
  const center = (size - 1) / 2
  return composeAffine(translation(-center, -center), scaling(side / size), rotation(degrees), translation(x, y))
}

/** Returns the clockwise rotation of a face, in degrees, from its eyes: by default points 0 and 1, the person's right one first. */
export function getEyeAngle(points: Keypoints, [right, left]: readonly [number, number] = [0, 1]): number {
  const [x0, y0] = pointAt(points, right)
  const [x1, y1] = pointAt(points, left)
  return (Math.atan2(y1 - y0, x1 - x0) * 180) / Math.PI
}

/** Returns the same rotation between -180 and 180 degrees. */
export function wrapDegrees(degrees: number): number {
  return ((((degrees + 180) % 360) + 360) % 360) - 180
}

/** Creates the frame of a box in which a face is rotated by `degrees`. */
export function createBoxFrame(box: Box, degrees: number): FaceFrame {
  const [shiftX, shiftY] = mapPoint(rotation(degrees), 0, -FOREHEAD_SHIFT * box.height)
  return {
    x: box.left + box.width / 2 - 0.5 + shiftX,
    y: box.top + box.height / 2 - 0.5 + shiftY,
    side: BOX_MARGIN * Math.max(box.width, box.height),
    degrees,
  }
}

/** Creates the frame of a face whose mesh is known: centered on the mesh, and levelled by the corners of its eyes. */
export function createMeshFrame(mesh: Keypoints): FaceFrame {
  const degrees = getEyeAngle(mesh, EYE_CORNERS)
  const { left, top, width, height } = boundingBox(mapKeypoints(rotation(-degrees), mesh))
  const [x, y] = mapPoint(rotation(degrees), left + width / 2 - 0.5, top + height / 2 - 0.5)
  return { x, y, side: MARGIN * Math.max(width, height), degrees }
}
