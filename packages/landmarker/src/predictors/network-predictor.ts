import { flipIndices, type KeypointScheme } from '@facekp/core'
import type { Landmarks } from '../landmarks.ts'
import type { CropNetwork } from './crop-network.ts'
import { mapImageCrop, mapLeveledCrop, mapUprightCrop } from './network-crop.ts'
import type { NetworkPredictor } from './network-model.ts'
import type { Predictor } from './predictor.ts'

/** Creates the predictor of a network, from boxes if its crops are upright, from meshes if they are leveled, and from whole images otherwise. */
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
  if (crop.kind === 'image') {
    return {
      ...common,
      input: 'image',
      async predict(image, isAveraged) {
        const [landmarks] = await network.predict(image, [mapImageCrop(image, input)], getFlip(isAveraged))
        return landmarks as Landmarks
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
