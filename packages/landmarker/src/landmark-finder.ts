import type { Image, Keypoints } from '@facekp/core'
import { type FaceLocation, findMeshes, type MeshFinder, measureMeshBox } from './find-meshes.ts'
import type { Landmarks } from './landmarks.ts'
import { loadMeshNetwork, type Mesh, type MeshNetwork } from './mesh-network.ts'
import type { Predictor } from './predictors/predictor.ts'

/** Finds the points of faces whose positions are known. */
export interface LandmarkFinder {
  findLandmarks(image: Image, faces: readonly FaceLocation[]): Promise<Landmarks[]>
  /** Computes the points of faces whose meshes are known. */
  computePoints(image: Image, meshes: readonly Mesh[]): Promise<Keypoints[]>
  /** Loads the network of meshes, unless it is loaded. */
  loadMeshFinder(): Promise<MeshFinder>
  /** Frees the weights of all networks. */
  dispose(): void
}

/**
 * Creates the finder of a predictor. The network of meshes is loaded at once if the predictor needs it, otherwise at the first call of
 * `loadMeshFinder`.
 */
export async function createLandmarkFinder(predictor: Predictor, tta: boolean): Promise<LandmarkFinder> {
  let loading: Promise<void> | undefined
  let meshNetwork: MeshNetwork | undefined
  const loadMeshFinder = async (): Promise<MeshFinder> => {
    loading ??= loadMeshNetwork(predictor.input === 'mesh' && predictor.usesMaps).then((network) => {
      meshNetwork = network
    })
    await loading
    const takesCloseCrops = !tta && !(predictor.input === 'mesh' && predictor.usesExactCrops)
    return { network: meshNetwork as MeshNetwork, tta, takesCloseCrops }
  }
  if (predictor.input === 'mesh') await loadMeshFinder()
  const computePoints: LandmarkFinder['computePoints'] = async (image, meshes) => {
    if (predictor.input === 'mesh') return predictor.predict(image, meshes, tta)
    if (meshes.length === 0) return []
    if (predictor.input === 'image') {
      const { points } = await predictor.predict(image, tta)
      return meshes.map(() => points)
    }
    const landmarks = await predictor.predict(image, meshes.map(measureMeshBox), tta)
    return landmarks.map(({ points }) => points)
  }
  return {
    loadMeshFinder,
    computePoints,
    async findLandmarks(image, faces) {
      if (faces.length === 0) return []
      if (predictor.input === 'image') {
        const landmarks = await predictor.predict(image, tta)
        return faces.map(() => landmarks)
      }
      if (predictor.input === 'box') {
        return predictor.predict(
          image,
          faces.map(({ box }) => box),
          tta,
        )
      }
      const meshes = await findMeshes(await loadMeshFinder(), image, faces)
      const points = await computePoints(image, meshes)
      return meshes.map(({ confidence, pose }, i) => ({ points: points[i] as Keypoints, confidence, pose }))
    },
    dispose() {
      predictor.dispose()
      meshNetwork?.dispose()
    },
  }
}
