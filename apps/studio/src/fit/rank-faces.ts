import { boundingBox, type Keypoints } from '@facekp/core'
import { predictFromMeshes } from '@facekp/landmarker'
import type { Fitter } from './fit-faces.ts'
import type { FitFace, RankedFace, RankRequest } from './protocol.ts'

/** Number of fits in the committee; each is fitted without one part of the labels. */
const MEMBERS = 3
/** A member needs three images; with one more it has something to choose by. */
const MIN_IMAGES = 6

/**
 * Ranks faces that are not labeled by how much it would help to label them, first those that help most.
 *
 * It is query by committee (Seung, Opper and Sompolinsky, 1992) with the ambiguity of Krogh and Vedelsby (1995): landmarkers are fitted to
 * the labels without one third each, and where their points differ most, one more label changes most. The disagreement of a face is the
 * mean distance of the members' points from their mean, relative to the size of the face. Below six labeled images there is no committee: all
 * disagree about as much, and `disagreement` is 0.
 */
export async function rankFaces(
  { fit }: Fitter,
  { scheme, faces, pool }: RankRequest,
  signal: AbortSignal,
): Promise<RankedFace[]> {
  const parts = splitFaces(faces)
  const meshes = pool.map(({ mesh }) => mesh)
  const predictions: Keypoints[][] = []
  for (const part of parts) {
    const { model } = await fit({ scheme, faces: part, effort: 'quick' }, { signal, report: () => undefined })
    predictions.push(predictFromMeshes(model, meshes))
  }
  return pool
    .map(({ id, mesh }, index) => ({
      id,
      disagreement: computeDisagreement(
        predictions.map((points) => points[index] as Keypoints),
        mesh,
      ),
    }))
    .sort((a, b) => b.disagreement - a.disagreement)
}

/** Lists the faces for each member: those of all images but every third. Too few images have no members. */
export function splitFaces(faces: readonly FitFace[]): FitFace[][] {
  const files = [...new Set(faces.map(({ file }) => file))]
  if (files.length < MIN_IMAGES) return []
  return Array.from({ length: MEMBERS }, (_, member) =>
    faces.filter(({ file }) => files.indexOf(file) % MEMBERS !== member),
  )
}

/** Computes the mean distance of points from their mean over the members, relative to the size of the face. */
export function computeDisagreement(members: readonly Keypoints[], mesh: Keypoints): number {
  const [first] = members
  if (!first) return 0
  const { width, height } = boundingBox(mesh)
  const mean = first.map((_, k) => members.reduce((sum, points) => sum + (points[k] as number), 0) / members.length)
  let sum = 0
  for (const points of members) {
    for (let k = 0; k < points.length; k += 2) {
      sum += Math.hypot(
        (points[k] as number) - (mean[k] as number),
        (points[k + 1] as number) - (mean[k + 1] as number),
      )
    }
  }
  return sum / (members.length * (first.length / 2)) / Math.hypot(width, height)
}
