import { join } from 'node:path'
import { cacheDataset, checkArgument, type Dataset, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type { LandmarkerModel } from '@facekp/landmarker'
import { checkLandmarkerFolder, type SaveLandmarkerOptions } from '@facekp/landmarker/node'
import { checkSamePoints } from '@facekp/options'
import { epochLimit, type TrainingListener, type TrainResult } from '@facekp/trainer'
import { checkpointFolder } from '@facekp/trainer/node'
import type * as tfl from '@tensorflow/tfjs-layers'
import { levelFaces } from '../data/level-faces.ts'
import { preload } from '../data/preload.ts'
import { checkCrop } from '../recipe/check-crop.ts'
import { createNetwork } from '../recipe/create-network.ts'
import type { Recipe } from '../recipe/recipe.ts'
import type { Log } from '../report/log.ts'
import type { NamedPlot } from '../report/plots.ts'
import { writeRunReport } from '../report/write-run-report.ts'
import { checkRunDir } from '../run/check-run-dir.ts'
import { openRunDir, type RunDirOptions } from '../run/open-run-dir.ts'
import type { RunSummary } from '../run/run-summary.ts'
import { evalDataset } from '../transforms/eval-transform.ts'
import { previewAugmented } from '../transforms/preview-augmented.ts'
import { trainTransform } from '../transforms/train-transform.ts'
import { loadPretrained } from './load-pretrained.ts'
import { type MeanShapeBaseline, type Measurement, measure, measureMeanShape } from './measure.ts'
import { runTraining } from './run-training.ts'
import { saveRunLandmarker } from './save-run-landmarker.ts'

const FIT_OPTIONS = objectKind({
  recipe: KINDS.object,
  train: KINDS.dataset,
  test: KINDS.dataset,
  out: KINDS.path,
})

export interface FitOptions extends Omit<RunDirOptions, 'settings'> {
  readonly recipe: Recipe
  /**
   * Gray faces to train on, at the size of the recipe's `cachedCrop`; kept in memory. For a recipe of leveled crops: whole images, in color
   * or gray, of which the crops are kept in memory.
   */
  readonly train: Dataset
  /** Faces to test on, like those to train on, with the same points in the same order. */
  readonly test: Dataset
  /** Folder of the run. */
  readonly out: string
  /** Name of the recipe in reports (default `custom`). */
  readonly recipeName?: string | undefined
  /** Title of the report (default: the recipe's name). */
  readonly title?: string | undefined
  /** Description of the data (default: the name of their keypoint scheme). */
  readonly source?: string | undefined
  /** Images of `test` as the report shows them (default `test`, or its leveled crops). */
  readonly originals?: Dataset | undefined
  /** Of first weights, order, augmentation, and what layers draw, such as dropout (default 0). */
  readonly seed?: number | undefined
  /** Weights to begin with: a file, a folder, an address or a name (default: random). */
  readonly weights?: string | undefined
  /** Measures the test faces after each epoch too (default true). */
  readonly validateEveryEpoch?: boolean | undefined
  /** Stops at a checkpoint after this many minutes, from which `resume` continues (default: no limit). */
  readonly timeLimitMinutes?: number | undefined
  /** Stops at a checkpoint after this epoch, from which `resume` continues exactly (default: the last one). */
  readonly untilEpoch?: number | undefined
  /** Ends the reading of faces with an error; stops the training, whose weights are saved and measured, as Ctrl-C does. */
  readonly signal?: AbortSignal | undefined
  /** License and description of the data for `landmarker/landmarker.json`. */
  readonly landmarker?: SaveLandmarkerOptions | undefined
  /** Prints the results and notes, a line at a time (default `console.log`). */
  readonly log?: Log | undefined
  /** Further callbacks of the training, such as `tensorBoard('runs/curves')` of `@facekp/trainer/node`. */
  readonly callbacks?: readonly TrainingListener[] | undefined
  /** Further plots of the report. */
  readonly plots?: ((model: tfl.LayersModel) => Promise<readonly NamedPlot[]>) | undefined
}

export interface FitResult {
  /** The trained network; the caller disposes it. */
  readonly model: tfl.LayersModel
  readonly training: TrainResult
  readonly measurement: Measurement
  readonly summary: RunSummary
  /** What `landmarker/` holds; absent if the detector finds none of the training faces. */
  readonly landmarker?: LandmarkerModel | undefined
}

/**
 * Trains a network by a recipe and measures it: the whole way from faces to a report, on the active TensorFlow.js backend.
 *
 * Leaves in `out`: report.html, summary.json, errors.json, history.jsonl, run.json (all that the run depends on), model/, landmarker/ (for
 * `loadLandmarker` of `@facekp/landmarker`), plots/ and checkpoints/, from which `resume` continues.
 *
 * @throws FacekpError `RUN_EXISTS` if `out` contains a run and neither `resume` nor `overwrite` is set; `OPTION_INVALID` if `test` has other
 *   points than `train`; and the errors of its steps
 *
 * @example
 * ```ts
 * await useBackend('auto')
 * const { train, test } = await loadFaces('300w', { crop: facesSmall.cachedCrop })
 * const { model, summary } = await fit({ recipe: facesSmall, train, test, out: 'runs/faces', seed: 1 })
 * ```
 */
export async function fit(options: FitOptions): Promise<FitResult> {
  checkArgument(FIT_OPTIONS, options, 'options', 'fit')
  const { recipe, out, seed = 0, weights, resume, timeLimitMinutes, untilEpoch, log } = options
  const { validateEveryEpoch = true, signal } = options
  const { scheme } = options.train
  // Before any image is read: the cheap things that can fail.
  checkCrop(recipe)
  const problem = 'option test of fit: other points than those of option train'
  checkSamePoints(options.train, options.test, { code: 'OPTION_INVALID', problem, name: 'train' })
  await checkRunDir(out, options)
  await checkLandmarkerFolder(join(out, 'landmarker'), options.landmarker)
  const model = createNetwork(recipe, { numKeypoints: scheme.pointNames.length, seed })
  if (weights !== undefined) await loadPretrained(model, weights, log)
  await openRunDir(out, options)
  const data = await prepareFaces(options)
  const transform = trainTransform(recipe, scheme)
  const training = await runTraining(out, weights === undefined ? recipe : ({ ...recipe, weights } as Recipe), {
    model,
    log,
    train: data.train,
    validation: validateEveryEpoch ? data.evalTest : undefined,
    transform,
    seed,
    callbacks: [...(options.callbacks ?? []), ...(untilEpoch === undefined ? [] : [epochLimit(untilEpoch)])],
    checkpoints: checkpointFolder(join(out, 'checkpoints'), { keep: 2 }),
    resume: resume ?? false,
    signal,
    ...(timeLimitMinutes ? { timeLimitSeconds: 60 * timeLimitMinutes } : {}),
  })
  const measurement = await measure(model, data.test, recipe, { seed })
  const landmarker = await saveRunLandmarker(out, {
    model,
    recipe,
    train: data.train,
    // Leveled crops as the network sees them were sampled from the images, not from the cached crops: as the landmarker does it.
    test: recipe.crop === 'leveled' ? data.evalTest : data.test,
    log,
    ...options.landmarker,
  })
  const recipeName = options.recipeName ?? 'custom'
  const summary = await writeRunReport(out, {
    title: options.title ?? recipeName,
    recipeName,
    recipe: { ...recipe, weights: weights ?? 'none' },
    source: options.source ?? scheme.name,
    seed,
    preview: previewAugmented(data.train, transform, seed),
    originals: options.originals ?? (recipe.crop === 'leveled' ? data.test : options.test),
    training,
    measurement,
    log,
    ...data.baseline,
    plots: (await options.plots?.(model)) ?? [],
  })
  return { model, training, measurement, summary, landmarker }
}

interface PreparedFaces {
  readonly train: Dataset
  readonly test: Dataset
  /** `test` as the network sees it. */
  readonly evalTest: Dataset
  readonly baseline: MeanShapeBaseline
}

async function prepareFaces({ recipe, signal, ...options }: FitOptions): Promise<PreparedFaces> {
  const faces = { train: readUntil(options.train, signal), test: readUntil(options.test, signal) }
  if (recipe.crop === 'leveled') {
    const [train] = await levelFaces(faces.train, [recipe.cachedCrop], { findBy: 'detect' })
    const [test, evalTest] = await levelFaces(faces.test, [recipe.cachedCrop, recipe], { findBy: 'boxes' })
    return { train, test, evalTest, baseline: await measureMeanShape(evalDataset(train, recipe), evalTest) }
  }
  const train = cacheDataset(faces.train)
  const test = cacheDataset(faces.test)
  const evalTest = evalDataset(test, recipe)
  await preload(train, evalTest)
  // The mean shape of whole images does not depend on their size.
  const evalTrain = recipe.margin === undefined ? train : evalDataset(train, recipe)
  return { train, test, evalTest, baseline: await measureMeanShape(evalTrain, evalTest) }
}

/** Ends the reading of a dataset when a signal is aborted. */
function readUntil(dataset: Dataset, signal: AbortSignal | undefined): Dataset {
  if (signal === undefined) return dataset
  const { length, scheme } = dataset
  return {
    length,
    scheme,
    get(index) {
      signal.throwIfAborted()
      return dataset.get(index, signal)
    },
  }
}
