/**
 * Part 2 of the course: a network finds all 58 points of the IMM Face Database.
 *
 *   pnpm part2 --data DIR --recipe course|tuned --epochs N --seed N --backend NAME --out DIR
 *
 * Leaves in its folder: report.html (open it), summary.json, errors.json, history.jsonl, run.json (what the run follows from), the network
 * in model/, the figures in figures/.
 */
import { join } from 'node:path'
import { type Augmentation, affine, compose, horizontalFlip, resize, sometimes } from '@facekp/augment'
import { describeBackends, releaseBackend, useBackend } from '@facekp/backend'
import {
  cacheDataset,
  type Dataset,
  fromRelative,
  type KeypointScheme,
  mapDataset,
  type Sample,
  type Transform,
} from '@facekp/core'
import { graySample, resizeSample } from '@facekp/image'
import { convolutionFilters, faceNet, featureMaps, heatmapNet } from '@facekp/models'
import { saveModel } from '@facekp/models/node'
import { meanShape, predict, shapeError } from '@facekp/trainer'
import { featureMapSheet, filterSheet } from '@facekp/viz'
import type * as tf from '@tensorflow/tfjs'
import { asTrained } from './lib/as-trained.ts'
import { errorFigure } from './lib/error-figure.ts'
import { immFaces } from './lib/imm-faces.ts'
import { type Light, lit } from './lib/light.ts'
import { parseOptions } from './lib/options.ts'
import { makeOutFolder } from './lib/out-folder.ts'
import { predictViews } from './lib/predict-views.ts'
import { readAll } from './lib/read-all.ts'
import { type NamedPlot, writeResults } from './lib/results.ts'
import { runExample } from './lib/run.ts'
import { type TrainingRecipe, trainAndTell } from './lib/training.ts'

const USAGE = 'pnpm part2: trains a network on all 58 points of the IMM Face Database and writes a report'

type Size = { readonly width: number; readonly height: number }

type Recipe = TrainingRecipe & {
  readonly network: 'faceNet' | 'heatmapNet'
  /** What the network sees. */
  readonly input: Size
  /** What is kept in memory of each picture, and augmentation samples from. */
  readonly kept: Size
  readonly augmentation: Moves & Light
  /** A face's points are the mean of what is found in so many views of it; where absent, it is looked at once as it is. */
  readonly atTest?: Moves & { readonly views: number }
}

/** How a picture may be moved. */
type Moves = {
  /** Largest turn to either side. */
  readonly degrees: number
  /** Largest enlargement; it shrinks as far. */
  readonly scale: number
  /** Largest shift along each axis, as a fraction of the picture's side. */
  readonly shift: number
  /** How many are mirrored, 0 to 1. */
  readonly mirrored: number
  /** What comes in from beyond the picture. */
  readonly border: 'black' | 'edge'
}

/** What is shown of a layer of a deep network. */
const FEW = { maxFilters: 24, maxInputs: 4, maxMaps: 16 }

const RECIPES: Record<'course' | 'tuned', Recipe> = {
  course: {
    network: 'faceNet',
    input: { width: 480, height: 360 },
    kept: { width: 480, height: 360 },
    epochs: 40,
    batchSize: 4,
    learningRate: 1e-4,
    loss: { kind: 'mse' },
    augmentation: {
      degrees: 15,
      border: 'black',
      scale: 1,
      shift: 0,
      mirrored: 0,
      contrast: 0,
      brightness: 0.2,
      shade: 0,
    },
  },
  tuned: {
    network: 'heatmapNet',
    input: { width: 160, height: 128 },
    kept: { width: 320, height: 240 },
    epochs: 150,
    batchSize: 8,
    learningRate: { kind: 'cosine', learningRate: 2e-3, warmupSteps: 200 },
    loss: { kind: 'euclidean' },
    maxGradientNorm: 1,
    augmentation: {
      degrees: 20,
      border: 'edge',
      scale: 1.2,
      shift: 0.1,
      mirrored: 0.5,
      contrast: 0.4,
      brightness: 0.3,
      shade: 0.2,
    },
    atTest: { views: 16, degrees: 8, scale: 1.1, shift: 0.04, mirrored: 0.5, border: 'edge' },
  },
}

await runExample(async () => {
  const options = parseOptions(process.argv.slice(2), USAGE)
  const recipe = { ...RECIPES[options.recipe], ...(options.epochs ? { epochs: options.epochs } : {}) }
  const out = await makeOutFolder(options.out ?? join('runs', `part2-${options.recipe}`))

  const backend = await useBackend(options.backend)
  console.log(describeBackends())
  const faces = await immFaces(options.data, options.seed)
  const { scheme } = faces.train
  console.log(`\n${faces.train.length} training and ${faces.validation.length} validation pictures: ${faces.source}`)

  const [trainSet, validationSet] = [kept(faces.train, recipe), kept(faces.validation, recipe)]
  const validation = resized(validationSet, recipe.input)
  await readAll(trainSet, validation)
  const shape = await meanShape(trainSet)
  const meanShapeErrorPx = await shapeError(shape, validation)
  const transform = compose([
    ...moved(recipe.augmentation, recipe.input, scheme),
    ...lit(recipe.augmentation),
  ]) as Transform

  const { width, height } = recipe.input
  const model =
    recipe.network === 'faceNet'
      ? faceNet({ seed: options.seed })
      : heatmapNet({ width, height, numKeypoints: scheme.pointNames.length, seed: options.seed })
  const result = await trainAndTell(out, recipe, {
    model,
    train: trainSet,
    validation,
    transform,
    seed: options.seed,
  })

  await saveModel(model, join(out, 'model'))
  const predictions = recipe.atTest
    ? await predictViews(model, validationSet, compose(moved(recipe.atTest, recipe.input, scheme)), {
        views: recipe.atTest.views,
        seed: options.seed,
      })
    : await predict(model, validation)
  const original = (await faces.validation.get(0)).image
  const meanFace = fromRelative(shape, original.width, original.height)
  const errors = await errorFigure(predictions.predictions, scheme, meanFace)
  await writeResults(out, {
    title: 'Part 2: the face',
    options,
    recipe,
    backend: backend.name,
    source: faces.source,
    shown: asTrained(trainSet, transform, options.seed),
    originals: faces.validation,
    result,
    predictions,
    meanShapeErrorPx,
    partErrors: errors.partErrors,
    moreFigures: [errors.figure, ...(await insideFigures(model, await validation.get(0)))],
  })
  model.dispose()
  await releaseBackend()
})

/** Small gray pictures in memory. */
function kept(faces: Dataset, { kept: { width, height } }: Recipe): Dataset {
  return cacheDataset(mapDataset(faces, (sample) => resizeSample(graySample(sample), width, height)))
}

function resized(faces: Dataset, { width, height }: Size): Dataset {
  return cacheDataset(mapDataset(faces, (sample) => resizeSample(sample, width, height)))
}

/** Turns, scales, shifts, mirrors and resizes, as far as the recipe goes: one sampling. */
function moved(
  { degrees, scale, shift, mirrored, border }: Moves,
  input: Size,
  scheme: KeypointScheme,
): readonly Augmentation[] {
  return [
    affine({ degrees, scale, shift, border: border === 'black' ? { constant: 0 } : border }),
    sometimes(mirrored, horizontalFlip({ scheme })),
    resize(input),
  ]
}

/** The network's filters, and what they make of one face. A deep network is shown in part. */
async function insideFigures(model: tf.LayersModel, sample: Sample): Promise<NamedPlot[]> {
  const filters = await convolutionFilters(model)
  const deep = filters.length > 6
  return [
    {
      name: 'filters',
      figure: await filterSheet(filters, deep ? FEW : {}),
      caption: deep
        ? `The learned filters of every convolution layer: the first ${FEW.maxFilters} of each, and of these the first ${FEW.maxInputs} inputs.`
        : 'The learned filters of every convolution layer.',
    },
    {
      name: 'feature-maps',
      figure: await featureMapSheet(sample.image, await featureMaps(model, sample.image), deep ? FEW : {}),
      caption: `What the convolution layers make of ${sample.id}${deep ? `: the first ${FEW.maxMaps} maps of each` : ''}.`,
    },
  ]
}
