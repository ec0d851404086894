import {
  checkArgument,
  createDataset,
  type Dataset,
  invert,
  listKind,
  objectKind,
  type Sample,
  warpSample,
} from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { createYielder } from '@facekp/event-loop'
import { graySample } from '@facekp/image'
import {
  createLeveledCrop,
  type FaceLeveler,
  type LeveledFace,
  loadFaceLeveler,
  mapLeveledCrop,
} from '@facekp/landmarker'
import { startProgress } from '@facekp/progress'
import { FRAME, type Frame, frameSize } from '../transforms/limits.ts'

const LEVEL_FACES_FRAMES = listKind(FRAME)
const LEVEL_FACES_OPTIONS = objectKind({
  findBy: { expected: 'detect or boxes', test: (value) => value === 'detect' || value === 'boxes' },
})

export interface LevelFacesOptions {
  /**
   * `detect`: faces are found as `detect` of a landmarker finds them, for training; `boxes`: in the samples' boxes, as `landmarks(image, box)`
   * does, for evaluation.
   */
  readonly findBy: 'detect' | 'boxes'
}

/**
 * Crops gray faces about their meshes, with the eyes level, as landmarkers of leveled crops do. Each face is found once, with a
 * progress bar, and its crops are kept in memory.
 *
 * @param dataset whole images, in color or gray, or crops with room around the face; a sample's box lies around its points from eyebrows to chin
 * @param frames square; the margin is added around the square about the mesh, which becomes the box of the crops
 * @returns a dataset for each frame
 * @throws FacekpError `LANDMARKER_BOX` if a face has no box; `DETECTOR_BACKEND` if TensorFlow.js has no backend
 * @example
 * ```ts
 * const [cached, input] = await levelFaces(test, [recipe.cachedCrop, recipe], { findBy: 'boxes' })
 * ```
 */
export async function levelFaces<Frames extends readonly Frame[]>(
  dataset: Dataset,
  frames: readonly [...Frames],
  options: LevelFacesOptions,
): Promise<{ [Index in keyof Frames]: Dataset }> {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'levelFaces')
  checkArgument(LEVEL_FACES_FRAMES, frames, 'frames', 'levelFaces')
  checkArgument(LEVEL_FACES_OPTIONS, options, 'options', 'levelFaces')
  const { findBy } = options
  const crops: Sample[][] = frames.map(() => [])
  const progress = startProgress({ label: 'leveling', total: dataset.length, unit: 'faces' })
  const maybeYield = createYielder()
  const leveler = await loadFaceLeveler()
  try {
    for (let index = 0; index < dataset.length; index++) {
      await maybeYield()
      const sample = await dataset.get(index)
      const face = await findFace(leveler, sample, findBy)
      const gray = graySample(sample)
      for (const [i, frame] of frames.entries()) crops[i]?.push(cropLeveledFace(gray, face, frame))
      progress.update(index + 1)
    }
  } finally {
    leveler.dispose()
    progress.finish()
  }
  return crops.map((samples) => createDataset(dataset.scheme, samples)) as { [Index in keyof Frames]: Dataset }
}

function findFace(leveler: FaceLeveler, sample: Sample, findBy: LevelFacesOptions['findBy']): Promise<LeveledFace> {
  if (findBy === 'detect' || sample.box === undefined) return leveler.levelSample(sample)
  return leveler.levelBox(sample.image, sample.box)
}

/** Samples the image once; the box of the result is the square about the mesh. */
function cropLeveledFace(sample: Sample, face: LeveledFace, frame: Frame): Sample {
  const { width, height } = frameSize(frame)
  const { margin = 0 } = frame
  const toImage = mapLeveledCrop(face, createLeveledCrop({ margin }), width)
  const side = width / (1 + 2 * margin)
  const box = { left: margin * side, top: margin * side, width: side, height: side }
  return { ...warpSample(sample, invert(toImage), { width, height }), box }
}
