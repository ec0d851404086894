/**
 * What anti-aliasing is good for: ResNet-18 with and without it on the 68 points of iBUG's faces in the wild, from the same first weights,
 * on the same faces in the same order and moved alike, once a seed.
 *
 *   pnpm antialias --data DIR --size N --epochs N --faces N --seeds 1,2,3 --backend NAME --out DIR --resume
 *
 * Leaves in its folder: report.html (open it), summary.json, figures/losses.png, settings.json, and a folder a training, such as
 * antialiased-seed1: training.json (what came out), history.jsonl, the network in model/, and, while it is under way, checkpoints/, from
 * which --resume goes on. A training that has come to its end is read back, so seeds can be added later.
 *
 * The default is a schedule that two processor cores finish in an hour and a quarter: pictures of 64 x 64, batches of 16, 12 epochs of
 * Adam with a cosine. 80 pixels take 1.2 times as long, 96 pixels 1.4 times.
 */
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { compose } from '@facekp/augment'
import { describeBackends, releaseBackend, useBackend } from '@facekp/backend'
import { shiftConsistency } from '@facekp/blurpool'
import {
  cacheDataset,
  type Dataset,
  normalizeImage,
  randomStream,
  shuffleIndices,
  subset,
  type Transform,
} from '@facekp/core'
import { readIbug } from '@facekp/data-ibug/node'
import { createModel } from '@facekp/models'
import { saveModel } from '@facekp/models/node'
import { evaluate, meanShape, shapeError } from '@facekp/trainer'
import { checkpointFolder } from '@facekp/trainer/node'
import * as tf from '@tensorflow/tfjs'
import { z } from 'zod'
import {
  LABELS,
  type NetworkName,
  networkNames,
  type Training,
  trainingSchema,
  writeComparison,
} from './lib/antialias-results.ts'
import { claimFolder } from './lib/claim-folder.ts'
import { type Moves, movedFace, unmovedFaces } from './lib/face-views.ts'
import { ibugFolder } from './lib/ibug-faces.ts'
import { type Light, lit } from './lib/light.ts'
import { backendOption, parseCommandLine, wholeNumber } from './lib/options.ts'
import { readAll } from './lib/read-all.ts'
import { runExample } from './lib/run.ts'
import { type TrainingRecipe, trainAndTell } from './lib/training.ts'
import { writeJson } from './lib/write-json.ts'

const USAGE = 'pnpm antialias: trains ResNet-18 with and without anti-aliasing on iBUG faces and writes a report'

const count = wholeNumber.pipe(z.number().positive())

const COMMAND_LINE = {
  shape: {
    data: z.string().optional(),
    size: wholeNumber.pipe(z.number().min(40)).default(64),
    epochs: count.default(12),
    faces: count.optional(),
    seeds: z
      .string()
      .regex(/^\d+(,\d+)*$/, 'not numbers such as 1,2,3')
      .transform((text) => [...new Set(text.split(',').map(Number))])
      .default([1, 2, 3]),
    backend: backendOption,
    out: z.string().default(join('runs', 'antialias')),
    resume: z.boolean().default(false),
  },
  help: `\
  --data DIR      the folder of iBUG's faces (default: in $FACEKP_DATA or ../shared/data)
  --size N        side of what the networks see, in pixels, 40 or more (default: 64)
  --epochs N      default: 12
  --faces N       trains on so many faces, drawn at random (default: on all)
  --seeds A,B,C   default: 1,2,3
  --backend NAME   auto (default), tensorflow, webgpu, onnx, wasm, cpu
  --out DIR       where the results go (default: runs/antialias)
  --resume        goes on with a run that was broken off, or adds seeds to one`,
}

const RECIPE: Omit<TrainingRecipe, 'epochs'> = {
  batchSize: 16,
  learningRate: { kind: 'cosine', learningRate: 1e-3, warmupSteps: 100 },
  loss: { kind: 'euclidean' },
  maxGradientNorm: 1,
}
const MARGIN = 0.2
/** What is kept in memory of each face, beside what the networks see. */
const KEPT = { size: 1.375, margin: 0.45 }
const AUGMENTATION: Moves & Light = {
  degrees: 15,
  scale: 1.1,
  shift: 0.05,
  mirrored: 0.5,
  contrast: 0.2,
  brightness: 0.2,
  shade: 0,
}
const ANTIALIAS = { plain: false, antialiased: { filterSize: 4 } } as const

/** What every training is given. */
interface Task {
  readonly size: number
  readonly recipe: TrainingRecipe
  readonly train: Dataset
  readonly test: Dataset
  readonly transform: Transform
}

await runExample(async () => {
  const { seeds, size, epochs, ...options } = parseCommandLine(process.argv.slice(2), USAGE, COMMAND_LINE)
  const data = ibugFolder(options.data)
  const backend = (await useBackend(options.backend)).name
  const recipe = { ...RECIPE, epochs }
  const settings = { ...recipe, size, margin: MARGIN, faces: options.faces ?? 'all', augmentation: AUGMENTATION }
  const out = await claimFolder(options.out, { ...settings, data, backend }, options)

  console.log(describeBackends())
  const kept = { size: Math.round(KEPT.size * size), margin: KEPT.margin }
  const faces = await readIbug(data, { channels: 1, crop: kept })
  const train = cacheDataset(drawn(faces.train, options.faces))
  const seen = { size, margin: MARGIN }
  const test = cacheDataset(unmovedFaces(faces.test, seen))
  console.log(`\n${train.length} training and ${test.length} test faces: ${data}`)
  await readAll(train, test)
  const meanShapeErrorPx = await shapeError(await meanShape(unmovedFaces(train, seen)), test)
  const transform = compose([...movedFace(AUGMENTATION, seen, train.scheme), ...lit(AUGMENTATION)]) as Transform

  const trainings: Training[] = []
  for (const seed of seeds) {
    for (const network of networkNames) {
      const folder = join(out, `${network}-seed${seed}`)
      const training = await trained(folder, network, seed, { size, recipe, train, test, transform })
      if (!training) {
        console.log('--resume goes on with it.')
        return releaseBackend()
      }
      trainings.push(training)
    }
  }
  await writeComparison(out, {
    backend,
    data,
    faces: { train: train.length, test: test.length },
    meanShapeErrorPx,
    settings,
    trainings,
  })
  await releaseBackend()
})

/** So many of the faces, the same each time, or all. */
function drawn(faces: Dataset, count = faces.length): Dataset {
  const order = shuffleIndices(faces.length, randomStream({ seed: 0, purpose: 'faces' }))
  return subset(
    faces,
    order.slice(0, count).sort((a, b) => a - b),
  )
}

/** What came out of a training, which is read back where it has come to its end before; undefined where it was interrupted. */
async function trained(
  folder: string,
  network: NetworkName,
  seed: number,
  { size, recipe, train, test, transform }: Task,
): Promise<Training | undefined> {
  const file = join(folder, 'training.json')
  if (existsSync(file)) return trainingSchema.parse(JSON.parse(await readFile(file, 'utf8')))
  console.log(`\n${LABELS[network]}, seed ${seed}`)
  await mkdir(folder, { recursive: true })
  const model = createModel('resnet18', {
    numKeypoints: train.scheme.pointNames.length,
    inputSize: size,
    antialias: ANTIALIAS[network],
    seed,
  })
  const checkpoints = join(folder, 'checkpoints')
  const result = await trainAndTell(folder, recipe, {
    model,
    train,
    validation: test,
    transform,
    seed,
    checkpoints: checkpointFolder(checkpoints, { keep: 1 }),
    resume: true,
  })
  if (result.interrupted) return undefined

  await saveModel(model, join(folder, 'model'))
  const { maePx, errorPx, nme } = await evaluate(model, test)
  const pictures = await picturesOf(test)
  const { meanPx, maxPx } = await shiftConsistency(model, pictures)
  const training = trainingSchema.parse({
    network,
    seed,
    history: result.history,
    maePx: maePx.value,
    errorPx: errorPx.value,
    nme: nme.value,
    shiftPx: meanPx,
    worstShiftPx: maxPx,
    secondsAnImage: 1 / result.imagesPerSecond,
  })
  tf.dispose(pictures)
  model.dispose()
  await writeJson(file, training)
  // They are three times as large as the network, and nothing goes on from them.
  await rm(checkpoints, { recursive: true })
  return training
}

/** All pictures as a network takes them, [pictures, size, size, 1]. */
async function picturesOf(faces: Dataset): Promise<tf.Tensor4D> {
  const samples = await Promise.all(Array.from({ length: faces.length }, (_, index) => faces.get(index)))
  return tf.tidy(() => {
    const images = samples.map(({ image }) => normalizeImage(image))
    return tf.stack(
      images.map(({ data, height, width, channels }) => tf.tensor3d(data, [height, width, channels])),
    ) as tf.Tensor4D
  })
}
