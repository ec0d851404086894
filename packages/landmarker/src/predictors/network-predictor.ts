import { flipIndices, type KeypointScheme } from '@facekp/core'
import type { CropNetwork } from './crop-network.ts'
import { mapLeveledCrop, mapUprightCrop } from './network-crop.ts'
import type { NetworkPredictor } from './network-model.ts'
import type { Predictor } from './predictor.ts'

/** Creates the predictor of a network, from boxes if its crops are upright and from meshes if they are leveled. */
export function createNetworkPredictor(
  { tta, crop, network: { input } }: NetworkPredictor,
  scheme: KeypointScheme,
  network: CropNetwork,
): Predictor {
  const getFlip = (isAveraged: boolean) => (isAveraged ? flipIndices(scheme) : undefined)
  const common = { scheme, tta, dispose: network.dispose }
  if (crop.kind === 'upright') {
    return {
      ...common,
      input: 'box',
      predict(image, boxes, isAveraged) {
        const crops = boxes.map((box) => mapUprightCrop(box, crop, input))
        return network.predict(image, crops, getFlip(isAveraged))
      },
    }
  }
  return {
    ...common,
    input: 'mesh',
    async predict(image, meshes, isAveraged) {
      const crops = meshes.map((mesh) => mapLeveledCrop(mesh, crop, input.width))
      const landmarks = await network.predict(image, crops, getFlip(isAveraged))
      return landmarks.map(({ points }) => points)
    },
  }
}
