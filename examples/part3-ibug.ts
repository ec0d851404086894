/**
 * Part 3 of the course: a network finds the 68 points of iBUG's faces in the wild.
 *
 *   pnpm part3 --data DIR --recipe course|tuned --epochs N --seed N --engine NAME --resume --out DIR
 *
 * Leaves in its folder: report.html (open it), summary.json, submission.csv, history.jsonl, the network in model/, the figures in
 * figures/, checkpoints/. A run that was broken off goes on with --resume.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Augmentation,
  affine,
  boxCrop,
  brightness,
  compose,
  contrast,
  mirror,
  shade,
  sometimes,
} from '@facekp/augment'
import { engineReport, releaseEngine, useEngine } from '@facekp/backend'
import {
  cacheDataset,
  fromRelative,
  type KeypointScheme,
  mapDataset,
  randomStream,
  type Sample,
  type Transform,
  toSourcePoints,
  transformSample,
} from '@facekp/core'
import { scoreSubmission, writeSubmission } from '@facekp/data-ibug'
import { readIbug } from '@facekp/data-ibug/node'
import { heatmapNet } from '@facekp/models'
import { saveModel } from '@facekp/models/node'
import { meanDistance, meanShape, meanShapeError, meanSquaredError, partErrorsPx, pointErrorsPx } from '@facekp/trainer'
import { checkpointFolder } from '@facekp/trainer/node'
import { errorMap } from '@facekp/viz'
import { parseOptions } from './lib/options.ts'
import { makeOutFolder } from './lib/out-folder.ts'
import { predictViews } from './lib/predict-views.ts'
import { readAll } from './lib/read-all.ts'
import { writeResults } from './lib/results.ts'
import { runExample } from './lib/run.ts'
import { type LearningRate, trainAndTell } from './lib/training.ts'

const USAGE = 'pnpm part3: trains a network on the 68 points of iBUG faces in the wild and writes a report'

type Recipe = {
  /** The side of the square that the network sees, and what is added on each side of the face's box, as a fraction of it. */
  readonly side: number
  readonly margin: number
  /** The same of what is kept in memory of each face, which augmentation samples from. */
  readonly kept: { readonly side: number; readonly margin: number }
  readonly epochs: number
  readonly batchSize: number
  /** Adam's. */
  readonly learningRate: LearningRate
  readonly loss: keyof typeof LOSSES
  readonly maxGradientNorm?: number
  readonly augmentation: Moves & {
    /** Contrast and brightness are multiplied by 1 minus this to 1 plus this. */
    readonly contrast: number
    readonly brightness: number
    /** How much brighter one edge may become than the middle, as a fraction of the way from black to white. */
    readonly shade: number
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

const LOSSES = { meanSquaredError, meanDistance }

const TUNED: Recipe = {
  side: 128,
  margin: 0.2,
  kept: { side: 208, margin: 0.45 },
  epochs: 45,
  batchSize: 16,
  learningRate: { peak: 2e-3, warmupSteps: 300 },
  loss: 'meanDistance',
  maxGradientNorm: 1,
  augmentation: { degrees: 25, scale: 1.2, shift: 0.06, mirrored: 0.5, contrast: 0.4, brightness: 0.3, shade: 0.2 },
  atTest: { views: 8, degrees: 8, scale: 1.06, shift: 0.02, mirrored: 0.5 },
}

await runExample(async () => {
  const options = parseOptions(process.argv.slice(2), USAGE)
  const recipe = { ...TUNED, ...(options.epochs ? { epochs: options.epochs } : {}) }
  const out = await makeOutFolder(options.out ?? join('runs', `part3-${options.recipe}`))

  const engine = await useEngine(options.engine)
  console.log(engineReport())
  const source = options.data ?? '/work/shared/data/ibug_300W_mini'
  const faces = await readIbug(source, {
    channels: 1,
    crop: { size: recipe.kept.side, margin: recipe.kept.margin },
  })
  console.log(`\n${faces.train.length} training and ${faces.test.length} test faces: ${source}`)
  const [trainSet, testSet] = [cacheDataset(faces.train), cacheDataset(faces.test)]
  const { scheme } = trainSet
  const still = cut({ degrees: 0, scale: 1, shift: 0, mirrored: 0 }, recipe, scheme)
  const asSeen = (sample: Sample): Sample =>
    transformSample(compose(still) as Transform, sample, randomStream({ seed: 0, purpose: 'still' }))
  const test = cacheDataset(mapDataset(testSet, asSeen))
  await readAll(trainSet, test)
  const meanShapeErrorPx = await meanShapeError(mapDataset(trainSet, asSeen), test)
  const transform = augmentation(recipe, scheme) as Transform

  const model = heatmapNet({
    width: recipe.side,
    height: recipe.side,
    points: scheme.pointNames.length,
    seed: options.seed,
  })
  const result = await trainAndTell(out, {
    model,
    train: trainSet,
    validation: test,
    transform,
    epochs: recipe.epochs,
    batchSize: recipe.batchSize,
    learningRate: recipe.learningRate,
    loss: LOSSES[recipe.loss],
    maxGradientNorm: recipe.maxGradientNorm,
    seed: options.seed,
    checkpoints: checkpointFolder(join(out, 'checkpoints'), { keep: 2 }),
    resume: process.argv.includes('--resume'),
  })

  await saveModel(model, join(out, 'model'))
  const predictions = await predictViews(model, testSet, compose(cut(recipe.atTest, recipe, scheme)), {
    views: recipe.atTest.views,
    seed: options.seed,
  })
  const found = predictions.faces.map(({ sample, points }) => toSourcePoints(sample, points))
  const truth = predictions.faces.map(({ sample }) => toSourcePoints(sample, sample.keypoints))
  await writeFile(join(out, 'submission.csv'), writeSubmission(found))
  console.log('mean absolute error', scoreSubmission(found, truth))
  const pointErrors = pointErrorsPx(predictions.faces)
  const partErrors = partErrorsPx(pointErrors, scheme)
  const original = (await faces.test.get(0)).image
  const meanFace = fromRelative(await meanShape(trainSet), original.width, original.height)
  await writeResults(out, {
    title: 'Part 3: faces in the wild',
    options,
    recipe,
    engine: engine.name,
    source,
    shown: mapDataset(trainSet, (sample, index) =>
      transformSample(transform, sample, randomStream({ seed: options.seed, purpose: 'figure', index })),
    ),
    originals: faces.test,
    result,
    predictions,
    meanShapeErrorPx,
    partErrors,
    moreFigures: [
      {
        name: 'errors',
        figure: await errorMap({ scheme, meanFace, pointErrors, partErrors }),
        caption:
          'Error by point, on the mean face of the training pictures, and by part; left and right are the person’s.',
      },
    ],
  })
  model.dispose()
  await releaseEngine()
})

/** Turns, mirrors and cuts the face's box out at the size that the network sees: one sampling. */
function cut(
  { degrees, scale, shift, mirrored }: Moves,
  { side, margin }: Recipe,
  scheme: KeypointScheme,
): readonly Augmentation[] {
  return [
    affine({ degrees, border: 'edge' }),
    sometimes(mirrored, mirror({ scheme })),
    boxCrop({ width: side, height: side, margin, scale, shift, border: 'edge' }),
  ]
}

/** Moves the face, then lights it anew. */
function augmentation(recipe: Recipe, scheme: KeypointScheme): Augmentation {
  const { contrast: range, brightness: factor, shade: strength } = recipe.augmentation
  return compose([
    ...cut(recipe.augmentation, recipe, scheme),
    ...(range > 0 ? [contrast({ factor: range })] : []),
    brightness({ factor }),
    ...(strength > 0 ? [shade({ strength })] : []),
  ])
}
