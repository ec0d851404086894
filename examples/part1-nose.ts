/**
 * Part 1 of the course: a small network finds the nose in the IMM Face Database.
 *
 *   pnpm part1 --data DIR --recipe course|tuned --epochs N --seed N --backend NAME --out DIR
 *
 * Leaves in its folder: report.html (open it), summary.json, errors.json, history.jsonl, run.json (what the run follows from), the network
 * in model/, the figures in figures/.
 */
import { join } from 'node:path'
import {
  type Augmentation,
  affine,
  brightness,
  compose,
  contrast,
  horizontalFlip,
  linearLight,
  resize,
  sometimes,
} from '@facekp/augment'
import { describeBackends, releaseBackend, useBackend } from '@facekp/backend'
import { cacheDataset, type Dataset, IMM_58, mapDataset, pickKeypoints, selectKeypoints } from '@facekp/core'
import { IMM_NOSE } from '@facekp/data-imm'
import { graySample, resizeSample } from '@facekp/image'
import { type Initialization, noseNet } from '@facekp/models'
import { saveModel } from '@facekp/models/node'
import { meanShapeError, predict } from '@facekp/trainer'
import { asTrained } from './lib/as-trained.ts'
import { immFaces } from './lib/imm-faces.ts'
import { parseOptions } from './lib/options.ts'
import { makeOutFolder } from './lib/out-folder.ts'
import { readAll } from './lib/read-all.ts'
import { writeResults } from './lib/results.ts'
import { runExample } from './lib/run.ts'
import { type TrainingRecipe, trainAndTell } from './lib/training.ts'

const USAGE = 'pnpm part1: trains the nose-tip network on the IMM Face Database and writes a report'
const [WIDTH, HEIGHT] = [80, 60]

type Recipe = TrainingRecipe & {
  readonly initialization: Initialization
  /** Pictures are kept in memory this many times larger than the network sees them: what augmentation samples from. */
  readonly oversampling: number
  readonly augmentation?: Augmentation
}

/** The point that is looked for. */
const NOSE = pickKeypoints(IMM_58, 'imm-nose', [IMM_NOSE])

const RECIPES: Record<'course' | 'tuned', Recipe> = {
  course: {
    epochs: 20,
    batchSize: 4,
    initialization: 'torch',
    learningRate: 1e-5,
    loss: { kind: 'mse' },
    oversampling: 1,
  },
  tuned: {
    epochs: 300,
    batchSize: 16,
    initialization: 'he',
    learningRate: { kind: 'cosine', learningRate: 2e-3, warmupSteps: 400 },
    loss: { kind: 'euclidean' },
    maxGradientNorm: 1,
    oversampling: 2,
    augmentation: compose([
      resize({ width: WIDTH, height: HEIGHT }),
      sometimes(0.5, horizontalFlip({ scheme: NOSE })),
      affine({ degrees: 15, scale: 1.15, shift: 0.1 }),
      contrast({ factor: [1 / 1.5, 1.5] }),
      brightness({ offset: 0.2 }),
      linearLight({ strength: 0.2 }),
    ]),
  },
}

await runExample(async () => {
  const options = parseOptions(process.argv.slice(2), USAGE)
  const recipe = { ...RECIPES[options.recipe], ...(options.epochs ? { epochs: options.epochs } : {}) }
  const out = await makeOutFolder(options.out ?? join('runs', `part1-${options.recipe}`))

  const backend = await useBackend(options.backend)
  console.log(describeBackends())
  const faces = await immFaces(options.data, options.seed)
  console.log(`\n${faces.train.length} training and ${faces.validation.length} validation pictures: ${faces.source}`)

  const transform = recipe.augmentation
  const trainSet = smallNoses(faces.train, recipe.oversampling)
  const validation = smallNoses(faces.validation, 1)
  await readAll(trainSet, validation)
  const meanShapeErrorPx = await meanShapeError(trainSet, validation)

  const model = noseNet({ seed: options.seed, initialization: recipe.initialization })
  const result = await trainAndTell(out, recipe, {
    model,
    train: trainSet,
    validation,
    transform,
    seed: options.seed,
  })

  await saveModel(model, join(out, 'model'))
  const predictions = await predict(model, validation)
  await writeResults(out, {
    title: 'Part 1: the nose',
    options,
    recipe: { ...recipe, augmentation: transform?.toJSON() ?? null },
    backend: backend.name,
    source: faces.source,
    shown: transform ? asTrained(trainSet, transform, options.seed) : trainSet,
    originals: noses(faces.validation),
    result,
    predictions,
    meanShapeErrorPx,
  })
  model.dispose()
  await releaseBackend()
})

function noses(faces: Dataset): Dataset {
  return mapDataset(faces, (sample) => selectKeypoints(sample, [IMM_NOSE]), NOSE)
}

function smallNoses(faces: Dataset, times: number): Dataset {
  return cacheDataset(
    mapDataset(noses(faces), (sample) => resizeSample(graySample(sample), times * WIDTH, times * HEIGHT)),
  )
}
