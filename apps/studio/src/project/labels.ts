import { type Box, boundingBox, HIDDEN, type Keypoints, NOT_LABELED, VISIBLE, type Visibility } from '@facekp/core'

/**
 * Where a point comes from: `missing` has no place yet, `deleted` has none because a person took it away, `prelabeled` was placed by the
 * page, `corrected` by a person, and `hidden` is a place that a person marked as covered.
 */
export type PointState = 'missing' | 'deleted' | 'prelabeled' | 'corrected' | 'hidden'

/** A point of a face, in pixels of its image; (0, 0) is the center of the top-left pixel. */
export interface PointLabel {
  readonly x: number
  readonly y: number
  readonly state: PointState
}

/** A face of an image and its points, in the order of the scheme. */
export interface FaceLabel {
  /** Along edges of pixels. */
  readonly box: Box
  /** The 468 points of the face mesh, if the face was detected. */
  readonly mesh?: Keypoints | undefined
  readonly points: readonly PointLabel[]
  /** Whether a person says that all points are right. Only confirmed faces take part in a fit. */
  readonly isConfirmed: boolean
}

/** A point without a place. */
export const MISSING_POINT: PointLabel = { x: 0, y: 0, state: 'missing' }

/** A point whose place a person took away. */
const DELETED_POINT: PointLabel = { x: 0, y: 0, state: 'deleted' }

/** Tests whether a point has a place. */
export function isPlaced({ state }: PointLabel): boolean {
  return state !== 'missing' && state !== 'deleted'
}

/** Creates a face without points. */
export function createFace(box: Box, count: number, mesh?: Keypoints): FaceLabel {
  return { box, mesh, points: Array.from({ length: count }, () => MISSING_POINT), isConfirmed: false }
}

/** Places a point; it stays hidden if it was. */
export function movePoint(
  face: FaceLabel,
  index: number,
  place: { readonly x: number; readonly y: number },
): FaceLabel {
  const state = face.points[index]?.state === 'hidden' ? 'hidden' : 'corrected'
  return replacePoint(face, index, { x: place.x, y: place.y, state })
}

/** Marks a point as hidden, or as visible again. A point without a place stays as it is. */
export function toggleHidden(face: FaceLabel, index: number): FaceLabel {
  const point = face.points[index]
  if (!point || !isPlaced(point)) return face
  return replacePoint(face, index, { ...point, state: point.state === 'hidden' ? 'corrected' : 'hidden' })
}

/** Takes the place of a point away; new pre-labels leave it so. */
export function deletePoint(face: FaceLabel, index: number): FaceLabel {
  return replacePoint(face, index, DELETED_POINT)
}

/** Exchanges the places of two points. */
export function swapPoints(face: FaceLabel, a: number, b: number): FaceLabel {
  const points = [...face.points]
  points[a] = markCorrected(face.points[b])
  points[b] = markCorrected(face.points[a])
  return { ...face, points }
}

/** Replaces the points that no person has touched, if the face is not confirmed. */
export function updatePrelabels(
  face: FaceLabel,
  places: readonly (readonly [number, number] | undefined)[],
): FaceLabel {
  if (face.isConfirmed) return face
  const points = face.points.map((point, index): PointLabel => {
    const place = places[index]
    const isFree = point.state === 'missing' || point.state === 'prelabeled'
    return isFree && place ? { x: place[0], y: place[1], state: 'prelabeled' } : point
  })
  return { ...face, points }
}

/** Returns the first point without a place, at or after `start` and then from the beginning; -1 if all have one. */
export function findMissing(face: FaceLabel, start = 0): number {
  const { length } = face.points
  for (let step = 0; step < length; step++) {
    const index = (start + step) % length
    const point = face.points[index]
    if (point && !isPlaced(point)) return index
  }
  return -1
}

/** Returns coordinates and visibility as samples have them. */
export function toKeypoints(face: FaceLabel): { readonly keypoints: Keypoints; readonly visibility: Visibility } {
  const visibility = Uint8Array.from(face.points, ({ state }) => VISIBILITY[state])
  return { keypoints: Float32Array.from(face.points.flatMap(({ x, y }) => [x, y])), visibility }
}

const VISIBILITY: Readonly<Record<PointState, number>> = {
  missing: NOT_LABELED,
  deleted: NOT_LABELED,
  prelabeled: VISIBLE,
  corrected: VISIBLE,
  hidden: HIDDEN,
}

/** Computes the box around points with places; undefined if there are fewer than two. */
export function boxAroundPoints(points: readonly PointLabel[]): Box | undefined {
  const placed = points.filter(isPlaced)
  if (placed.length < 2) return undefined
  const { left, top, width, height } = boundingBox(Float32Array.from(placed.flatMap(({ x, y }) => [x, y])))
  return { left, top, width: Math.max(width, 1), height: Math.max(height, 1) }
}

function replacePoint(face: FaceLabel, index: number, point: PointLabel): FaceLabel {
  return { ...face, points: face.points.map((other, i) => (i === index ? point : other)) }
}

function markCorrected(point: PointLabel = MISSING_POINT): PointLabel {
  return point.state === 'prelabeled' ? { ...point, state: 'corrected' } : point
}
