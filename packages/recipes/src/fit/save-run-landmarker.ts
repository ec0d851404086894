import { join } from 'node:path'
import { checkArgument, type Dataset, isFacekpError, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import {
  createLeveledCrop,
  createNetworkLandmarker,
  type LandmarkerModel,
  measureCrop,
  type NetworkCrop,
} from '@facekp/landmarker'
import { type SaveLandmarkerOptions, saveLandmarker } from '@facekp/landmarker/node'
import { foldBatchNorm } from '@facekp/models'
import type * as tfl from '@tensorflow/tfjs-layers'
import type { Recipe } from '../recipe/recipe.ts'
import type { Log } from '../report/log.ts'
import { frameSize } from '../transforms/limits.ts'
import { describeMetrics } from './describe-metrics.ts'
import { measure } from './measure.ts'

const SAVE_RUN_LANDMARKER_OPTIONS = objectKind({
  model: KINDS.model,
  recipe: KINDS.object,
  train: KINDS.dataset,
  test: KINDS.dataset,
})

export interface RunLandmarkerOptions extends SaveLandmarkerOptions {
  /** The trained network. */
  readonly model: tfl.LayersModel
  readonly recipe: Pick<Recipe, 'size' | 'margin' | 'crop'>
  /** Gray faces that it was trained on: the detector measures where their upright crops lie. */
  readonly train: Dataset
  /** Gray faces that it was not trained on, for the metrics; for a recipe of leveled crops, those of `levelFaces`. */
  readonly test: Dataset
  /** Prints a line (default `console.log`). */
  readonly log?: Log | undefined
}

/**
 * Saves the network of a run, with folded batch norms, as a landmarker in `out`/landmarker, which finds the keypoints of whole photographs.
 * The landmarker of a recipe without a margin sees whole images too, and finds one face in each. Errors are those of one view of each face: a
 * landmarker has no test-time augmentation.
 *
 * @returns the landmarker; undefined, with a line on the terminal, if the detector finds none of the training faces
 * @throws FacekpError what `createNetworkLandmarker` and `saveLandmarker` of `@facekp/landmarker` throw
 * @example
 * ```ts
 * await saveRunLandmarker('runs/faces', { model, recipe, train, test })
 * const landmarker = await loadLandmarker('runs/faces/landmarker')
 * ```
 */
export async function saveRunLandmarker(
  out: string,
  options: RunLandmarkerOptions,
): Promise<LandmarkerModel | undefined> {
  checkArgument(KINDS.path, out, 'out', 'saveRunLandmarker')
  checkArgument(SAVE_RUN_LANDMARKER_OPTIONS, options, 'options', 'saveRunLandmarker')
  const { model, recipe, train, test, log = console.log, ...facts } = options
  const crop = await measureTrainingCrop(train, recipe)
  if (crop === undefined) {
    log('No landmarker was saved: the detector finds none of the training faces.')
    return undefined
  }
  const { size, margin } = recipe
  const metrics = describeMetrics(await measure(model, test, { size, ...(margin === undefined ? {} : { margin }) }))
  const folded = foldBatchNorm(model)
  try {
    const landmarker = await createNetworkLandmarker(folded, { scheme: train.scheme, crop, metrics })
    await saveLandmarker(landmarker, join(out, 'landmarker'), facts)
    return landmarker
  } finally {
    folded.dispose()
  }
}

async function measureTrainingCrop(
  train: Dataset,
  recipe: RunLandmarkerOptions['recipe'],
): Promise<NetworkCrop | undefined> {
  const { crop, margin } = recipe
  if (margin === undefined) return { kind: 'image' }
  if (crop === 'leveled') return createLeveledCrop({ margin })
  const { width, height } = frameSize(recipe)
  try {
    return await measureCrop(train, { margin, aspectRatio: width / height })
  } catch (error) {
    if (isFacekpError(error, 'LANDMARKER_CROP')) return undefined
    throw error
  }
}
