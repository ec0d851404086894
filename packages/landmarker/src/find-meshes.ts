import { type Box, boundingBox, type Image, type Keypoints } from '@facekp/core'
import { createBoxFrame, createMeshFrame, type FaceFrame, getEyeAngle, wrapDegrees } from './face-frame.ts'
import { type Mesh, type MeshNetwork, mapToFrame } from './mesh-network.ts'
import { pickIbug68 } from './mesh-to-ibug68.ts'

/** Position of a face: its box, and its eyes as the first two points if the detector finds points. */
export interface FaceLocation {
  readonly box: Box
  readonly points?: Keypoints
}

/** The network of meshes, and how it is used. */
export interface MeshFinder {
  readonly network: Pick<MeshNetwork, 'predict'>
  /** Whether each mesh is averaged with that of the mirrored crop. */
  readonly tta: boolean
  /**
   * Whether the mesh in the crop that the eyes give may be the result, if that crop is close to the one about the mesh; default false. Needs no
   * `tta`. Such a mesh has no maps.
   */
  readonly takesCloseCrops?: boolean
}

/** Clockwise rotations that the first crop of a face is tried in if its eyes are not known. */
export const ROTATIONS: readonly number[] = [0, 90, 180, 270]

/**
 * Largest differences of close crops: of their centers relative to the side, of their sides as a factor, and of their rotations.
 *
 * Of the first crops of 467 training faces of 300-W, 91 % are so close, and a second mesh in the crop about the first is not more accurate:
 * with it the NME is 5.98 %, without it too.
 */
const CLOSE = { shift: 0.06, factor: 1.1, degrees: 5 }

/** Finds the meshes of faces: first in the crops of their boxes, then in crops that are centered and leveled by these meshes. */
export async function findMeshes(finder: MeshFinder, image: Image, faces: readonly FaceLocation[]): Promise<Mesh[]> {
  const { network, tta, takesCloseCrops = false } = finder
  const { predict } = network
  const refine = (meshes: readonly Mesh[]): Promise<Mesh[]> => predict(image, meshes.map(refineFrame), tta)
  if (faces.every(hasEyes)) {
    const frames = faces.map(({ box, points }) => createBoxFrame(box, getEyeAngle(points)))
    const meshes = await predict(image, frames)
    const far = takesCloseCrops ? meshes.filter((mesh) => !isClose(mesh.frame, refineFrame(mesh))) : meshes
    const refined = await refine(far)
    return meshes.map((mesh) => refined[far.indexOf(mesh)] ?? moveToFrame(mesh, refineFrame(mesh)))
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

/** Tests whether two frames are so close that the network finds the same in them. */
function isClose(a: FaceFrame, b: FaceFrame): boolean {
  const degrees = Math.abs(wrapDegrees(a.degrees - b.degrees))
  return (
    Math.hypot(a.x - b.x, a.y - b.y) <= CLOSE.shift * b.side &&
    Math.max(a.side / b.side, b.side / a.side) <= CLOSE.factor &&
    degrees <= CLOSE.degrees
  )
}

/** Expresses a mesh relative to another frame than that of the crop that the network saw. */
function moveToFrame({ points, confidence, pose }: Mesh, frame: FaceFrame): Mesh {
  return { frame, relative: mapToFrame(frame, points), points, confidence, pose }
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
