/**
 * Part 3 of the course: a network finds the 68 points of iBUG's faces in the wild.
 *
 *   pnpm part3 --data DIR --recipe course|tuned --arch NAME --antialias --weights FILE|NAME|none --size N
 *              --epochs N --seed N --engine NAME --photos DIR --minutes N --resume --out DIR
 *
 * Leaves in its folder: report.html (open it), summary.json, submission.csv, history.jsonl, run.json (what the run follows from), the
 * network in model/, the figures in figures/, and checkpoints/, from which --resume goes on with a run that was broken off.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Augmentation, affine, boxCrop, compose, dropout, mirror, sometimes } from '@facekp/augment'
import { engineReport, releaseEngine, useEngine } from '@facekp/backend'
import {
  cacheDataset,
  type Dataset,
  fromRelative,
  type KeypointScheme,
  mapDataset,
  randomStream,
  type Transform,
  transformSample,
} from '@facekp/core'
import { writeSubmission } from '@facekp/data-ibug'
import { readIbug } from '@facekp/data-ibug/node'
import { evaluateFaces } from '@facekp/metrics'
import { createModel, listModels, type ModelName } from '@facekp/models'
import { loadWeights, saveModel } from '@facekp/models/node'
import { meanShape, measuredFace, shapeError } from '@facekp/trainer'
import { checkpointFolder } from '@facekp/trainer/node'
import { cedCurves } from '@facekp/viz'
import type * as tf from '@tensorflow/tfjs'
import { z } from 'zod'
import { asTrained } from './lib/as-trained.ts'
import { errorFigure } from './lib/error-figure.ts'
import { ibugFolder } from './lib/ibug-faces.ts'
import { type Light, lit } from './lib/light.ts'
import { parseOptions, wholeNumber } from './lib/options.ts'
import { makeOutFolder } from './lib/out-folder.ts'
import { photographSheet } from './lib/photographs.ts'
import { predictViews } from './lib/predict-views.ts'
import { readAll } from './lib/read-all.ts'
import { writeResults } from './lib/results.ts'
import { runExample } from './lib/run.ts'
import { type TrainingRecipe, trainAndTell } from './lib/training.ts'

const USAGE = 'pnpm part3: trains a network on the 68 points of iBUG faces in the wild and writes a report'

type Recipe = TrainingRecipe & {
  readonly arch: ModelName
  readonly antialias: boolean
  /** The side of the square that the network sees, and what is added on each side of the face's box, as a fraction of it. */
  readonly size: number
  readonly margin: number
  /** The same of what is kept in memory of each face, which augmentation samples from. */
  readonly kept: { readonly size: number; readonly margin: number }
  readonly augmentation: Moves &
    Light & {
      /** How many have rectangles put before them, 0 to 1. */
      readonly occluded: number
    }
  /** A face's points are the mean of what is found in so many views of it. */
  readonly atTest: Moves & { readonly views: number }
}

/** How a face may be moved. */
type Moves = {
  /** Largest turn to either side. */
  readonly degrees: number
  /** Largest enlargement of what is cut out; it shrinks as far. */
  readonly scale: number
  /** Largest shift along each axis, as a fraction of what is cut out. */
  readonly shift: number
  /** How many are mirrored, 0 to 1. */
  readonly mirrored: number
}

const STILL: Moves = { degrees: 0, scale: 1, shift: 0, mirrored: 0 }

const RECIPES: Record<'course' | 'tuned', Recipe> = {
  course: {
    arch: 'resnet50',
    antialias: true,
    size: 240,
    margin: 0.2,
    kept: { size: 272, margin: 0.3 },
    epochs: 40,
    batchSize: 16,
    // 5e-4, and 1e-4 from the middle on.
    learningRate: { kind: 'step', rate: 5e-4, afterEpochs: [20], factor: 0.2 },
    loss: 'meanSquaredError',
    augmentation: { degrees: 15, scale: 1, shift: 0, mirrored: 0, contrast: 0, brightness: 0.2, shade: 0, occluded: 0 },
    atTest: { ...STILL, views: 1 },
  },
  tuned: {
    arch: 'heatmapNet48',
    antialias: false,
    size: 128,
    margin: 0.2,
    kept: { size: 208, margin: 0.45 },
    epochs: 100,
    batchSize: 16,
    learningRate: { kind: 'cosine', rate: 2e-3, warmupSteps: 300 },
    loss: 'meanDistance',
    maxGradientNorm: 1,
    augmentation: {
      degrees: 25,
      scale: 1.2,
      shift: 0.06,
      mirrored: 0.5,
      contrast: 0.4,
      brightness: 0.3,
      shade: 0.2,
      occluded: 0.4,
    },
    atTest: { views: 8, degrees: 8, scale: 1.06, shift: 0.02, mirrored: 0.5 },
  },
}

const NAMES = listModels()
  .filter(({ takes }) => takes.includes('inputSize') && takes.includes('numKeypoints'))
  .map(({ name }) => name)

const MORE = {
  shape: {
    arch: z.enum(NAMES).optional(),
    antialias: z.boolean().optional(),
    weights: z.string().default('none'),
    size: wholeNumber.pipe(z.number().min(32)).optional(),
    photos: z.string().optional(),
    minutes: wholeNumber.pipe(z.number().positive()).optional(),
    resume: z.boolean().default(false),
  },
  help: `\
  --arch NAME     ${NAMES.join(', ')} (default: the recipe's)
  --antialias     blurs before it strides (the course's recipe does, where no --arch is named)
  --weights W     a file, an address or a name such as torchvision/resnet50.imagenet1k_v1; none (default)
  --size N        side of what the network sees, in pixels (default: the recipe's)
  --photos DIR    photographs of your own; boxes.csv among them tells where the faces are
  --minutes N     stops after so many minutes at a checkpoint
  --resume        goes on with a run that was broken off`,
}

await runExample(async () => {
  const options = parseOptions(process.argv.slice(2), USAGE, MORE)
  const recipe = recipeOf(options)
  const folder = ibugFolder(options.data)
  const out = await makeOutFolder(options.out ?? join('runs', `part3-${options.recipe}`))

  const engine = await useEngine(options.engine)
  console.log(engineReport())
  const faces = await readIbug(folder, {
    channels: 1,
    crop: { size: recipe.kept.size, margin: recipe.kept.margin },
  })
  console.log(`\n${faces.train.length} training and ${faces.test.length} test faces: ${folder}`)
  const { scheme } = faces.train
  const [trainSet, testSet] = [cacheDataset(faces.train), cacheDataset(faces.test)]
  const test = cacheDataset(unmoved(testSet, recipe))
  await readAll(trainSet, test)
  const shape = await meanShape(unmoved(trainSet, recipe))
  const meanShapeErrorPx = await shapeError(shape, test)
  const transform = compose([
    ...cut(recipe.augmentation, recipe, scheme),
    ...lit(recipe.augmentation),
    sometimes(recipe.augmentation.occluded, dropout({ holes: [1, 2], size: [0.1, 0.35], fill: 'random' })),
  ]) as Transform

  const model = createModel(recipe.arch, {
    numKeypoints: scheme.pointNames.length,
    inputSize: recipe.size,
    seed: options.seed,
    ...(recipe.antialias ? { antialias: { filterSize: 4 } } : {}),
  })
  if (options.weights !== 'none') await pretrain(model, options.weights)
  const result = await trainAndTell(out, recipe, {
    model,
    train: trainSet,
    validation: test,
    transform,
    seed: options.seed,
    checkpoints: checkpointFolder(join(out, 'checkpoints'), { keep: 2 }),
    ...(options.minutes ? { timeLimitSeconds: 60 * options.minutes } : {}),
    resume: options.resume,
  })

  await saveModel(model, join(out, 'model'))
  const view = compose(cut(recipe.atTest, recipe, scheme))
  const views = { views: recipe.atTest.views, seed: options.seed }
  const predictions = await predictViews(model, testSet, view, views)
  const measured = predictions.faces.map(measuredFace)
  await writeFile(join(out, 'submission.csv'), writeSubmission(measured.map(({ found }) => found)))
  const evaluation = evaluateFaces(measured, scheme)
  const meanFace = fromRelative(shape, recipe.kept.size, recipe.kept.size)
  const errors = await errorFigure(predictions.faces, scheme, meanFace)
  await writeResults(out, {
    title: 'Part 3: faces in the wild',
    options,
    recipe,
    engine: engine.name,
    source: folder,
    shown: asTrained(trainSet, transform, options.seed),
    originals: faces.test,
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
      ...(options.photos ? [await photographSheet(options.photos, model, view, { scheme, ...views })] : []),
    ],
  })
  model.dispose()
  await releaseEngine()
})

/** The recipe with what the command line changes. */
function recipeOf(options: ReturnType<typeof parseOptions<typeof MORE.shape>>): Recipe {
  const recipe = RECIPES[options.recipe]
  const size = options.size ?? recipe.size
  return {
    ...recipe,
    ...(options.epochs ? { epochs: options.epochs } : {}),
    ...(options.arch ? { arch: options.arch, antialias: false } : {}),
    ...(options.antialias ? { antialias: true } : {}),
    size,
    kept: { ...recipe.kept, size: Math.round((recipe.kept.size * size) / recipe.size) },
  }
}

/** Loads weights from elsewhere, and tells what of them fitted where. */
async function pretrain(model: tf.LayersModel, source: string): Promise<void> {
  const { loaded, adapted, replaced, missing, unused, licence } = await loadWeights(model, source)
  console.log(`weights of ${source}${licence ? ` (${licence})` : ''}: ${loaded.length} loaded`)
  for (const [what, names] of Object.entries({ adapted, replaced, missing, unused })) {
    if (names.length > 0) console.log(`  ${what}: ${names.join(', ')}`)
  }
}

/** Faces as the network sees them where nothing is moved. */
function unmoved(faces: Dataset, recipe: Recipe): Dataset {
  const still = compose(cut(STILL, recipe, faces.scheme)) as Transform
  return mapDataset(faces, (sample) => transformSample(still, sample, randomStream({ seed: 0, purpose: 'still' })))
}

/** Turns, mirrors and cuts the face's box out at the size that the network sees: one sampling. */
function cut(
  { degrees, scale, shift, mirrored }: Moves,
  { size, margin }: Recipe,
  scheme: KeypointScheme,
): readonly Augmentation[] {
  return [
    affine({ degrees, border: 'edge' }),
    sometimes(mirrored, mirror({ scheme })),
    boxCrop({ width: size, height: size, margin, scale, shift, border: 'edge' }),
  ]
}
