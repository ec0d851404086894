import { join } from 'node:path'
import { compose } from '@facekp/augment'
import type { ActiveBackend } from '@facekp/backend'
import { cacheDataset, type Dataset, fromRelative, type Transform } from '@facekp/core'
import { type Evaluation, evaluateKeypoints, type KeypointPair } from '@facekp/metrics'
import { createModel, getHead, type HeadKind, type ModelName } from '@facekp/models'
import { loadWeights, saveModel } from '@facekp/models/node'
import { type LossSettings, meanShape, shapeError, toKeypointPair } from '@facekp/trainer'
import { checkpointFolder } from '@facekp/trainer/node'
import { cedCurves } from '@facekp/viz'
import type * as tf from '@tensorflow/tfjs'
import { asTrained } from './as-trained.ts'
import { errorFigure } from './error-figure.ts'
import { type Changes, changedFace, type FaceFrame, type Moves, movedFace, unmovedFaces } from './face-views.ts'
import type { Options } from './options.ts'
import { predictViews } from './predict-views.ts'
import { readAll } from './read-all.ts'
import { type NamedPlot, writeResults } from './results.ts'
import { type TrainingRecipe, trainAndTell } from './training.ts'

/** Losses of what stands behind the points. */
const OF_HEAD: ReadonlySet<LossSettings['kind']> = new Set(['adaptiveWing', 'star', 'simcc'])

/** How a network for cropped faces is made, trained and asked. */
export type FaceRecipe = TrainingRecipe &
  FaceFrame & {
    readonly arch: ModelName
    readonly antialias: boolean
    /** Default: the network's first. */
    readonly head?: HeadKind
    /** The same of what is kept in memory of each face, which augmentation samples from. */
    readonly kept: FaceFrame
    readonly augmentation: Changes
    /** A face's points are the mean of what is found in so many views of it. */
    readonly atTest: Moves & { readonly views: number }
  }

/** Faces as they are kept in memory, and whence. */
export interface Faces {
  /** In words. */
  readonly source: string
  readonly train: Dataset
  readonly test: Dataset
  /** Measures the faces to test on after each epoch too. */
  readonly watched: boolean
  /** The pictures of `test` as they are shown. */
  readonly originals: Dataset
}

/** What came out, for figures of one's own. */
export interface TrainedFaces {
  readonly model: tf.LayersModel
  readonly measured: readonly KeypointPair[]
  readonly evaluation: Evaluation
}

/**
 * Trains a network by a recipe, with checkpoints, and measures it on the faces to test on; leaves model/, summary.json, report.html and
 * figures/ in `out`. The model is the caller's to dispose of.
 */
export async function trainFaces(
  out: string,
  recipe: FaceRecipe,
  faces: Faces,
  {
    title,
    options,
    backend,
    weights,
    resume,
    minutes,
    moreFigures = async () => [],
  }: {
    readonly title: string
    readonly options: Options
    readonly backend: ActiveBackend
    /** Of a file, an address or a source by its name; without, the network begins at random. */
    readonly weights?: string | undefined
    readonly resume: boolean
    /** After so many the training stops at a checkpoint. */
    readonly minutes?: number | undefined
    readonly moreFigures?: (model: tf.LayersModel) => Promise<readonly NamedPlot[]>
  },
): Promise<TrainedFaces> {
  const { scheme } = faces.train
  const { seed } = options
  // First, so that a size or weights that do not fit are told before any picture is read.
  const model = createModel(recipe.arch, {
    numKeypoints: scheme.pointNames.length,
    inputSize: recipe.size,
    seed,
    ...(recipe.antialias ? { antialias: { filterSize: 4 } } : {}),
    ...(recipe.head ? { head: recipe.head } : {}),
  })
  if (weights !== undefined) await pretrain(model, weights)
  console.log(`\n${faces.train.length} training and ${faces.test.length} test faces: ${faces.source}`)
  const [trainSet, testSet] = [cacheDataset(faces.train), cacheDataset(faces.test)]
  const test = cacheDataset(unmovedFaces(testSet, recipe))
  await readAll(trainSet, test)
  const shape = await meanShape(unmovedFaces(trainSet, recipe))
  const meanShapeErrorPx = await shapeError(shape, test)
  const transform = changedFace(recipe.augmentation, recipe, scheme) as Transform

  // Beside the recipe's own settings what else its first weights follow from.
  const begun = weights === undefined ? recipe : { ...recipe, weights }
  const result = await trainAndTell(out, begun, {
    model,
    ...(OF_HEAD.has(recipe.loss.kind) ? { head: getHead(model) } : {}),
    train: trainSet,
    validation: faces.watched ? test : undefined,
    transform,
    seed,
    checkpoints: checkpointFolder(join(out, 'checkpoints'), { keep: 2 }),
    ...(minutes ? { timeLimitSeconds: 60 * minutes } : {}),
    resume,
  })

  await saveModel(model, join(out, 'model'))
  const view = compose(movedFace(recipe.atTest, recipe, scheme))
  const predictions = await predictViews(model, testSet, view, { views: recipe.atTest.views, seed })
  const measured = predictions.predictions.map(toKeypointPair)
  const evaluation = evaluateKeypoints(measured, scheme)
  const errors = await errorFigure(
    predictions.predictions,
    scheme,
    fromRelative(shape, recipe.kept.size, recipe.kept.size),
  )
  await writeResults(out, {
    title,
    options,
    recipe: { ...recipe, weights: weights ?? 'none' },
    backend: backend.name,
    source: faces.source,
    shown: asTrained(trainSet, transform, seed),
    originals: faces.originals,
    result,
    predictions,
    meanShapeErrorPx,
    partErrors: errors.partErrors,
    evaluation,
    moreFigures: [
      {
        name: 'ced',
        figure: await cedCurves([{ label: options.recipe, errors: evaluation.errors }]),
        caption: 'How many of the test faces have at most which error.',
      },
      errors.figure,
      ...(await moreFigures(model)),
    ],
  })
  return { model, measured, evaluation }
}

/** Loads weights from elsewhere, and tells what of them fitted where. */
async function pretrain(model: tf.LayersModel, source: string): Promise<void> {
  const { loaded, adapted, replaced, missingKeys, unexpectedKeys, license } = await loadWeights(model, source)
  console.log(`weights of ${source}${license ? ` (${license})` : ''}: ${loaded.length} loaded`)
  const channels = adapted.map(({ weight, from, to }) => `${weight} (from ${from} channels to ${to})`)
  for (const [what, names] of Object.entries({
    adapted: channels,
    replaced,
    missing: missingKeys,
    unused: unexpectedKeys,
  })) {
    if (names.length > 0) console.log(`  ${what}: ${names.join(', ')}`)
  }
}
