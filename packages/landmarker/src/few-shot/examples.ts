import { type Dataset, FacekpError, type KeypointScheme, pointAt, type Sample } from '@facekp/core'
import type { DetectFaces } from '@facekp/detector'
import { findMeshes, type MeshFinder } from '../find-meshes.ts'
import { type Mesh, mapToFrame } from '../mesh-network.ts'
import { chooseLabeledFace } from '../points-near-box.ts'
import { pause } from './pause.ts'

/** A labeled face and its mesh. */
export interface Example {
  /** Number of the sample in the dataset. */
  readonly index: number
  /** The sample without its image, which is read again when it is needed. */
  readonly sample: Pick<Sample, 'id' | 'keypoints' | 'visibility'>
  readonly group: string | number
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

export interface CollectOptions {
  /** Returns the group of an image; default: each image is a group. */
  readonly groups?: ((sample: Sample) => string | number) | undefined
  readonly signal?: AbortSignal | undefined
  readonly onExample?: ((done: number) => void) | undefined
}

/**
 * Finds the mesh of each labeled face.
 *
 * @throws FacekpError `FEW_SHOT_LABEL` if a labeled point has coordinates that are not finite
 */
export async function collectExamples(
  dataset: Dataset,
  { detectFaces, network, tta }: FaceMeshFinder,
  { groups = ({ id }) => id, signal, onExample }: CollectOptions,
): Promise<Examples> {
  const examples: Example[] = []
  const missed: string[] = []
  for (let i = 0; i < dataset.length; i++) {
    await pause(signal)
    const sample = await dataset.get(i, signal)
    checkLabels(sample, dataset.scheme)
    const { id, keypoints, visibility } = sample
    const face = chooseLabeledFace(await detectFaces(sample.image, { minScore: 0.3 }), sample)
    if (face === undefined) {
      missed.push(id)
    } else {
      const [mesh] = (await findMeshes({ network, tta }, sample.image, [face])) as [Mesh]
      const targets = mapToFrame(mesh.frame, keypoints)
      examples.push({ index: i, sample: { id, keypoints, visibility }, group: groups(sample), mesh, targets })
    }
    onExample?.(i + 1)
  }
  return { examples, missed }
}

function checkLabels({ id, keypoints, visibility }: Sample, { pointNames }: KeypointScheme): void {
  for (const [point, name] of pointNames.entries()) {
    const [x, y] = pointAt(keypoints, point)
    if (visibility[point] === 0 || (Number.isFinite(x) && Number.isFinite(y))) continue
    throw new FacekpError({
      code: 'FEW_SHOT_LABEL',
      problem: `invalid label of point ${name} on image ${id}`,
      expected: 'finite x and y, or visibility 0 for a point without a label',
      received: `(${x}, ${y})`,
    })
  }
}
