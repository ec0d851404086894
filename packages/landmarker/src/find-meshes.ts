import { type Box, boundingBox, type Image, type Keypoints } from '@facekp/core'
import { createBoxFrame, createMeshFrame, type FaceFrame, getEyeAngle } from './face-frame.ts'
import type { Mesh, MeshNetwork } from './mesh-network.ts'
import { pickIbug68 } from './mesh-to-ibug68.ts'

/** Position of a face: its box, and its eyes as the first two points if the detector finds points. */
export interface FaceLocation {
  readonly box: Box
  readonly points?: Keypoints
}

/** The network of meshes, and whether each mesh is averaged with that of the mirrored crop. */
export interface MeshFinder {
  readonly network: Pick<MeshNetwork, 'predict'>
  readonly tta: boolean
}

/** Clockwise rotations that the first crop of a face is tried in if its eyes are not known. */
export const ROTATIONS: readonly number[] = [0, 90, 180, 270]

/** Finds the meshes of faces: first in the crops of their boxes, then in crops that are centered and leveled by these meshes. */
export async function findMeshes(
  { network: { predict }, tta }: MeshFinder,
  image: Image,
  faces: readonly FaceLocation[],
): Promise<Mesh[]> {
  const refine = (meshes: readonly Mesh[]): Promise<Mesh[]> => predict(image, meshes.map(refineFrame), tta)
  if (faces.every(hasEyes)) {
    const frames = faces.map(({ box, points }) => createBoxFrame(box, getEyeAngle(points)))
    return refine(await predict(image, frames))
  }
  const meshes: Mesh[] = []
  for (const { box } of faces) {
    const rotated = await predict(
      image,
      ROTATIONS.map((degrees) => createBoxFrame(box, degrees)),
    )
    meshes.push(rotated.reduce((best, mesh) => (mesh.confidence > best.confidence ? mesh : best)))
  }
  // The best of four crops may be tilted by 45 degrees: its mesh is only good enough to level the next one.
  return refine(await predict(image, meshes.map(refineFrame)))
}

function hasEyes(face: FaceLocation): face is Required<FaceLocation> {
  return face.points !== undefined && face.points.length >= 4
}

/** Creates the frame that is centered on a mesh and leveled by it. */
export function refineFrame({ points, frame }: Mesh): FaceFrame {
  const refined = createMeshFrame(points)
  return refined.side > 0 && Number.isFinite(refined.side) ? refined : frame
}

/** Measures the box around the points of a mesh from eyebrows to chin, as a detector's. */
export function measureMeshBox({ points }: Pick<Mesh, 'points'>): Box {
  return boundingBox(pickIbug68(points))
}
