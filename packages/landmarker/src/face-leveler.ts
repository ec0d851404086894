import { type Box, boundingBox, checkArgument, type Image, type Sample } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { loadDetector } from '@facekp/detector'
import { createSharedUse } from '@facekp/graph'
import { createBoxFrame, type FaceFrame } from './face-frame.ts'
import { type FaceLocation, findMeshes } from './find-meshes.ts'
import { checkBox, disposedError } from './landmarker.ts'
import { loadMeshNetwork } from './mesh-network.ts'
import { chooseLabeledFace } from './points-near-box.ts'

/** Where leveled crops of a face lie. */
export interface LeveledFace {
  /** The square that the mesh was found in. */
  readonly frame: FaceFrame
  /** Probability that the square shows a face, 0 to 1. */
  readonly confidence: number
}

/** Finds where a landmarker of leveled crops cuts out faces. */
export interface FaceLeveler {
  /**
   * Levels the face in a box as `landmarks(image, box)` of a landmarker does.
   *
   * @throws FacekpError `LANDMARKER_BOX`, `LANDMARKER_DISPOSED`
   */
  levelBox(image: Image, box: Box): Promise<LeveledFace>
  /**
   * Levels a labeled face as `detect(image)` of a landmarker does: the detected face with the most labeled points. A face that the detector
   * misses is leveled in the sample's box, or the box around its labeled points. If there is no mesh in it, the square about this box is
   * upright, with confidence 0.
   *
   * @throws FacekpError `LANDMARKER_BOX` if such a sample has neither a box nor two labeled points; `LANDMARKER_DISPOSED`
   */
  levelSample(sample: Sample): Promise<LeveledFace>
  /** Frees the weights, once the calls under way have ended. */
  dispose(): void
}

/** Boxes in which the mesh has a lower confidence show no face. */
const MIN_CONFIDENCE = 0.5

/**
 * Loads what finds the leveled crops of faces, to train networks on them.
 *
 * @throws FacekpError `DETECTOR_BACKEND` if TensorFlow.js has no backend
 * @example
 * ```ts
 * const leveler = await loadFaceLeveler()
 * const face = await leveler.levelSample(sample)
 * const toImage = mapLeveledCrop(face, createLeveledCrop({ margin: 0.2 }), 128)
 * const crop = warpSample(sample, invert(toImage), { width: 128, height: 128 })
 * ```
 */
export async function loadFaceLeveler(): Promise<FaceLeveler> {
  const detector = await loadDetector()
  const network = await loadMeshNetwork()
  const level = async (image: Image, location: FaceLocation): Promise<LeveledFace> => {
    const [mesh] = await findMeshes({ network, tta: false, takesCloseCrops: true }, image, [location])
    const { frame, confidence } = mesh as LeveledFace
    return { frame, confidence }
  }
  const use = createSharedUse(
    () => {
      detector.dispose()
      network.dispose()
    },
    () => disposedError('leveler', 'loadFaceLeveler'),
  )
  return {
    levelBox: (image, box) =>
      use.run(async () => {
        checkArgument(KINDS.image, image, 'image', 'levelBox')
        checkBox(box)
        return level(image, { box })
      }),
    levelSample: (sample) =>
      use.run(async () => {
        checkArgument(KINDS.sample, sample, 'sample', 'levelSample')
        const { image } = sample
        const detection = chooseLabeledFace(await detector.detectFaces(image, { minScore: 0.3 }), sample)
        if (detection) return level(image, detection)
        const box = sample.box ?? measureLabeledBox(sample)
        checkBox(box)
        const face = await level(image, { box })
        return face.confidence < MIN_CONFIDENCE ? { frame: createBoxFrame(box, 0), confidence: 0 } : face
      }),
    dispose: use.dispose,
  }
}

/** Computes the box around the labeled points. */
function measureLabeledBox({ keypoints, visibility }: Sample): Box {
  return boundingBox(keypoints.filter((_, k) => visibility[k >> 1] !== 0))
}
