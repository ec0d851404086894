/**
 * Part 1 of the course: a small network finds the nose in the IMM Face Database.
 *
 *   pnpm part1 --data DIR --recipe course|tuned --epochs N --seed N --engine NAME --out DIR
 *
 * Leaves in its folder: report.html (open it), summary.json, history.jsonl, the network in model/, the figures in figures/.
 */
import { join } from 'node:path'
import { engineReport, releaseEngine, useEngine } from '@facekp/backend'
import {
  cacheDataset,
  type Dataset,
  mapDataset,
  randomStream,
  selectPoints,
  subScheme,
  type Transform,
  transformSample,
} from '@facekp/core'
import { IMM_NOSE } from '@facekp/data-imm'
import { graySample, resizeSample } from '@facekp/image'
import { type Initialization, noseNet } from '@facekp/models'
import { saveModel } from '@facekp/models/node'
import { meanDistance, meanShapeError, meanSquaredError, predict } from '@facekp/trainer'
import { immFaces } from './lib/imm-faces.ts'
import { type JitterLimits, jitter, UNMOVED } from './lib/jitter.ts'
import { parseOptions } from './lib/options.ts'
import { readAll } from './lib/read-all.ts'
import { writeResults } from './lib/results.ts'
import { runExample } from './lib/run.ts'
import { type LearningRate, trainAndTell } from './lib/training.ts'

const USAGE = 'pnpm part1: trains the nose-tip network on the IMM Face Database and writes a report'
const [WIDTH, HEIGHT] = [80, 60]

type Recipe = {
  readonly epochs: number
  readonly batchSize: number
  readonly initialization: Initialization
  /** Adam's. */
  readonly learningRate: LearningRate
  readonly loss: keyof typeof LOSSES
  readonly maxGradientNorm?: number
  /** Pictures are kept in memory this many times larger than the network sees them: what augmentation samples from. */
  readonly oversampling: number
  readonly augmentation?: JitterLimits
}

const LOSSES = { meanSquaredError, meanDistance }

const RECIPES: Record<'course' | 'tuned', Recipe> = {
  course: {
    epochs: 20,
    batchSize: 4,
    initialization: 'torch',
    learningRate: 1e-5,
    loss: 'meanSquaredError',
    oversampling: 1,
  },
  tuned: {
    epochs: 300,
    batchSize: 16,
    initialization: 'he',
    learningRate: { peak: 2e-3, warmupSteps: 400 },
    loss: 'meanDistance',
    maxGradientNorm: 1,
    oversampling: 2,
    augmentation: {
      width: WIDTH,
      height: HEIGHT,
      degrees: 15,
      scale: 1.15,
      shift: 0.1,
      contrast: 1.5,
      brightness: 0.2,
      light: 0.2,
    },
  },
}

await runExample(async () => {
  const options = parseOptions(process.argv.slice(2), USAGE)
  const recipe = { ...RECIPES[options.recipe], ...(options.epochs ? { epochs: options.epochs } : {}) }
  const out = options.out ?? join('runs', `part1-${options.recipe}`)

  const engine = await useEngine(options.engine)
  console.log(engineReport())
  const faces = await immFaces(options.data, options.seed)
  console.log(`\n${faces.train.length} training and ${faces.validation.length} validation pictures: ${faces.source}`)

  const transform = recipe.augmentation && jitter(recipe.augmentation)
  const trainSet = smallNoses(faces.train, recipe.oversampling)
  const small = smallNoses(faces.validation, recipe.oversampling)
  const validation = transform ? cacheDataset(mapDataset(small, (sample) => transform.apply(sample, UNMOVED))) : small
  await readAll(trainSet, validation)
  const meanShapeErrorPx = await meanShapeError(trainSet, validation)

  const model = noseNet({ seed: options.seed, initialization: recipe.initialization })
  const result = await trainAndTell(out, {
    model,
    train: trainSet,
    validation,
    transform: transform as Transform | undefined,
    epochs: recipe.epochs,
    batchSize: recipe.batchSize,
    learningRate: recipe.learningRate,
    loss: LOSSES[recipe.loss],
    maxGradientNorm: recipe.maxGradientNorm,
    seed: options.seed,
  })

  await saveModel(model, join(out, 'model'))
  const predictions = await predict(model, validation)
  await writeResults(out, {
    title: 'Part 1: the nose',
    options,
    recipe,
    engine: engine.name,
    source: faces.source,
    shown: transform
      ? mapDataset(trainSet, (sample, index) =>
          transformSample(transform, sample, randomStream({ seed: options.seed, purpose: 'figure', index })),
        )
      : trainSet,
    originals: noses(faces.validation),
    result,
    predictions,
    meanShapeErrorPx,
  })
  model.dispose()
  await releaseEngine()
})

function noses(faces: Dataset): Dataset {
  return mapDataset(
    faces,
    (sample) => selectPoints(sample, [IMM_NOSE]),
    subScheme(faces.scheme, 'imm-nose', [IMM_NOSE]),
  )
}

function smallNoses(faces: Dataset, times: number): Dataset {
  return cacheDataset(
    mapDataset(noses(faces), (sample) => resizeSample(graySample(sample), times * WIDTH, times * HEIGHT)),
  )
}
