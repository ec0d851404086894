import type { Dataset, Sample } from '@facekp/core'
import type { DetectFaces, Detection } from '@facekp/detector'
import { findMeshes, type MeshFinder } from '../find-meshes.ts'
import { type Mesh, mapToFrame } from '../mesh-network.ts'
import { countPointsNear } from '../points-near-box.ts'

/** A labeled face and its mesh. */
export interface Example {
  readonly sample: Sample
  readonly mesh: Mesh
  /** The labels relative to the mesh's frame. */
  readonly targets: Float32Array
}

/** Examples, and the ids of the images on which no face was found at the labels. */
export interface Examples {
  readonly examples: readonly Example[]
  readonly missed: readonly string[]
}

/** How faces and meshes are found. */
export interface FaceMeshFinder extends MeshFinder {
  readonly detectFaces: DetectFaces
}

/** Finds the mesh of each labeled face. */
export async function collectExamples(
  dataset: Dataset,
  { detectFaces, network, tta }: FaceMeshFinder,
  signal?: AbortSignal,
): Promise<Examples> {
  const examples: Example[] = []
  const missed: string[] = []
  for (let i = 0; i < dataset.length; i++) {
    signal?.throwIfAborted()
    const sample = await dataset.get(i, signal)
    const face = chooseFace(await detectFaces(sample.image, { minScore: 0.3 }), sample)
    if (face === undefined) {
      missed.push(sample.id)
      continue
    }
    const [mesh] = (await findMeshes({ network, tta }, sample.image, [face])) as [Mesh]
    examples.push({ sample, mesh, targets: mapToFrame(mesh.frame, sample.keypoints) })
  }
  return { examples, missed }
}

/** Chooses the face with the most labeled points in or near its box; undefined if no face has half of them. */
function chooseFace(faces: readonly Detection[], sample: Sample): Detection | undefined {
  const counted = faces.map((face) => ({ face, share: countPointsNear(face.box, sample) }))
  // `faces` has the highest score first, and sorting keeps the order of equals.
  const [best] = counted.toSorted((a, b) => b.share - a.share)
  return best && best.share >= 0.5 ? best.face : undefined
}
