import { checkArgument, FacekpError, type Keypoints } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { createMeshFrame } from '../face-frame.ts'
import { applyLinearMap } from '../few-shot/ridge.ts'
import { mapFromFrame, mapToFrame } from '../mesh-network.ts'
import { MESH_POINTS } from '../mesh-points.ts'
import { type LandmarkerModel, parseModel } from '../model/landmarker-model.ts'
import { decodeMap } from './mesh-regression.ts'

/**
 * Computes the points of faces from their meshes alone: without images, and thousands of faces a second.
 *
 * @param model of `fitFewShot` with `refine: false`
 * @param meshes the points of `mesh-468` of each face, in pixels of its image
 * @returns the model's points of each face, in the same pixels. Those that `detect` finds differ a little: it also knows the crop that
 *   the mesh network saw
 * @throws FacekpError `LANDMARKER_MODEL` if the model looks at images too
 * @example
 * ```ts
 * const { model } = await fitFewShot(dataset, { refine: false, tta: false })
 * const { faces } = await (await loadLandmarker('mesh-468')).detect(image)
 * const points = predictFromMeshes(model, faces.map((face) => face.points))
 * ```
 */
export function predictFromMeshes(model: LandmarkerModel, meshes: readonly Keypoints[]): Keypoints[] {
  checkArgument(KINDS.object, model, 'model', 'predictFromMeshes')
  checkArgument(KINDS.array, meshes, 'meshes', 'predictFromMeshes')
  const { predictor, scheme } = parseModel(model)
  if (predictor.kind !== 'meshRegression') {
    throw new FacekpError({
      code: 'LANDMARKER_MODEL',
      problem: 'the points of this landmarker need the image of the face',
      expected: 'a model of fitFewShot with refine: false, or loadLandmarker',
      received: `predictor.kind ${predictor.kind}`,
    })
  }
  const map = decodeMap(predictor.regression, scheme, undefined)
  return meshes.map((mesh) => {
    checkMesh(mesh)
    const frame = createMeshFrame(mesh)
    return mapFromFrame(frame, applyLinearMap(map, mapToFrame(frame, mesh)))
  })
}

function checkMesh(mesh: Keypoints): void {
  checkArgument(KINDS.keypoints, mesh, 'meshes', 'predictFromMeshes')
  if (mesh.length === 2 * MESH_POINTS) return
  throw new FacekpError({
    code: 'KEYPOINT_COUNT',
    problem: 'predictFromMeshes: not a mesh',
    expected: `${MESH_POINTS} points of mesh-468`,
    received: `${mesh.length / 2} points`,
  })
}
