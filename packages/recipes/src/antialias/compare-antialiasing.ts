import { existsSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { shiftConsistency } from '@facekp/blurpool'
import {
  cacheDataset,
  checkArgument,
  type Dataset,
  FacekpError,
  normalizeImage,
  randomStream,
  shuffleIndices,
  subset,
} from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { readIbug } from '@facekp/data-ibug/node'
import { decodeText } from '@facekp/files'
import { loadModel } from '@facekp/models/node'
import { parseOptions } from '@facekp/options'
import { evaluate, type TrainResult } from '@facekp/trainer'
import { checkpointFolder } from '@facekp/trainer/node'
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { findIbug } from '../data/find-data.ts'
import { preload } from '../data/preload.ts'
import { measureMeanShape } from '../fit/measure.ts'
import { runTraining } from '../fit/run-training.ts'
import type { Recipe } from '../recipe/recipe.ts'
import { checkRunDir } from '../run/check-run-dir.ts'
import { openRunDir } from '../run/open-run-dir.ts'
import { writeJson } from '../run/write-json.ts'
import { evalDataset } from '../transforms/eval-transform.ts'
import type { Frame } from '../transforms/limits.ts'
import { trainTransform } from '../transforms/train-transform.ts'
import {
  type AntialiasComparison,
  type AntialiasHead,
  type AntialiasTraining,
  type AntialiasVariant,
  describeVariant,
  NETWORKS,
  trainingSchema,
} from './comparison.ts'
import { copyWeights, createComparedNetwork } from './create-compared-network.ts'
import { createShiftedFaces, measureShifts, type ShiftedFaces } from './measure-shifts.ts'
import type { SquareFrame } from './shift-faces.ts'
import { writeAntialiasReport } from './write-antialias-report.ts'

export interface AntialiasOptions {
  /** Folder of iBUG's faces; default: in FACEKP_DATA or `../shared/data`. */
  readonly data?: string | undefined
  /** Side of the input of the networks in pixels, at least 40; a multiple of 32 for head `heatmaps`. */
  readonly size: number
  /** Heads to compare (default `['pooled']`). */
  readonly heads?: readonly AntialiasHead[] | undefined
  readonly epochs: number
  /** Trains on this many faces, drawn at random (default: all). */
  readonly faces?: number | undefined
  readonly seeds: readonly number[]
  /** Of `seeds`: those for which both networks are also trained from the weights of the trained plain network (default: none). */
  readonly fineTunedSeeds?: readonly number[] | undefined
  readonly out: string
  /** Continues the comparison in `out`, or adds seeds to it (default false). */
  readonly resume?: boolean | undefined
  /** Deletes the comparison in `out` (default false). */
  readonly overwrite?: boolean | undefined
}

/** What every training of a comparison shares. */
interface Task {
  readonly out: string
  readonly recipe: Recipe & SquareFrame
  readonly train: Dataset
  readonly test: Dataset
  readonly shifted: ShiftedFaces
}

/** Test faces that are shifted by parts of pixels, evenly spaced in their list. */
const SHIFTED_FACES = 32

/** Pixels along each axis of those faces for a pixel of the network's input. */
const OVERSAMPLING = 4

/**
 * Trains ResNet-18 with and without anti-aliasing on iBUG's faces in the wild on the active backend: with the same first weights, faces,
 * order and augmentation for each seed and head. A finished training is read back, so that seeds and heads can be added later.
 *
 * Leaves in `out`: report.html, summary.json, plots/losses.png, settings.json, and a folder for each training, such as
 * pooled-antialiased-seed1, with training.json, history.jsonl, model/ and, until it is finished, checkpoints/.
 *
 * @returns undefined if it was interrupted; `resume` continues it
 * @throws FacekpError `RUN_EXISTS` and `RUN_MISMATCH` as {@link openRunDir}, `DATA_MISSING` without faces
 */
export async function compareAntialiasing(options: AntialiasOptions): Promise<AntialiasComparison | undefined> {
  checkArgument(KINDS.object, options, 'options', 'compareAntialiasing')
  const { data = findIbug(), size, epochs } = options
  const recipe = antialiasRecipe(size, epochs)
  const { batchSize, learningRate, loss, maxGradientNorm, margin, augmentation } = recipe
  const settings = {
    ...{ batchSize, learningRate, loss, maxGradientNorm, epochs, size, margin, augmentation },
    faces: options.faces ?? 'all',
  }
  const backend = tf.getBackend()
  await checkRunDir(options.out, options)
  const faces = await readFaces(data, recipe.cachedCrop)
  const large = await readFaces(data, { size: OVERSAMPLING * size, margin: recipe.margin + 0.1 })
  // Only now: without faces, a comparison that would be overwritten stays.
  const out = await openRunDir(options.out, { ...options, settings: { ...settings, data, backend } })

  const train = cacheDataset(drawFaces(faces.train, options.faces))
  const test = evalDataset(faces.test, recipe)
  const shifted = createShiftedFaces(cacheDataset(spreadFaces(large.test, SHIFTED_FACES)), recipe)
  console.log(`\n${train.length} training and ${test.length} test faces: ${data}`)
  await preload(train, test, ...Object.values(shifted))
  const { meanShapeErrorPx } = await measureMeanShape(evalDataset(train, recipe), test)

  const trainings: AntialiasTraining[] = []
  for (const variant of listVariants(options)) {
    const training = await trainOrRead({ out, recipe, train, test, shifted }, variant)
    if (!training) return undefined
    trainings.push(training)
  }
  const counts = { train: train.length, test: test.length }
  return writeAntialiasReport(out, { backend, data, faces: counts, meanShapeErrorPx, settings, trainings })
}

/** Lists the trainings by seed; those that start from the weights of others come last. */
function listVariants({ seeds, heads = ['pooled'], fineTunedSeeds = [] }: AntialiasOptions): AntialiasVariant[] {
  const listStart = (start: AntialiasVariant['start'], startSeeds: readonly number[]): AntialiasVariant[] =>
    startSeeds.flatMap((seed) =>
      heads.flatMap((head) => NETWORKS.map((network) => ({ head, start, network, seed }) as const)),
    )
  return [...listStart('random', seeds), ...listStart('plain', fineTunedSeeds)]
}

function readFaces(data: string, { size, margin = 0 }: Frame): ReturnType<typeof readIbug> {
  return readIbug(data, { channels: 1, crop: { size: size as number, margin } })
}

/** Returns the recipe of both networks. */
function antialiasRecipe(size: number, epochs: number): Recipe & SquareFrame {
  return {
    arch: 'resnet18',
    size,
    margin: 0.2,
    cachedCrop: { size: Math.round(1.375 * size), margin: 0.45 },
    epochs,
    batchSize: 16,
    learningRate: { kind: 'cosine', learningRate: 1e-3, warmupSteps: 100 },
    loss: { kind: 'euclidean' },
    maxGradientNorm: 1,
    augmentation: {
      degrees: 15,
      scale: 1.1,
      shift: 0.05,
      flipProb: 0.5,
      contrast: 0.2,
      brightness: 0.2,
      shade: 0,
    },
  }
}

/** Selects some of the faces, always the same ones, in their order. */
function drawFaces(faces: Dataset, count = faces.length): Dataset {
  const order = shuffleIndices(faces.length, randomStream({ seed: 0, purpose: 'faces' }))
  return subset(
    faces,
    order.slice(0, count).sort((a, b) => a - b),
  )
}

/** Selects faces at even distances. */
function spreadFaces(faces: Dataset, count: number): Dataset {
  const selected = Math.min(count, faces.length)
  return subset(
    faces,
    Array.from({ length: selected }, (_, i) => Math.floor((i * faces.length) / selected)),
  )
}

/** Trains a network, or reads the results of a training that is finished; undefined if it was interrupted. */
async function trainOrRead(task: Task, variant: AntialiasVariant): Promise<AntialiasTraining | undefined> {
  const folder = trainingFolder(task.out, variant)
  const file = join(folder, 'training.json')
  if (existsSync(file)) return readTraining(file)
  const { start, seed } = variant
  console.log(`\n${describeVariant(variant)}, seed ${seed}`)
  await mkdir(folder, { recursive: true })
  const { recipe, train, test, shifted } = task
  const numKeypoints = train.scheme.pointNames.length
  const model = createComparedNetwork(variant, { size: recipe.size, numKeypoints })
  if (start === 'plain') {
    const plain = await loadModel(
      join(trainingFolder(task.out, { ...variant, start: 'random', network: 'plain' }), 'model'),
    )
    copyWeights(plain, model)
    plain.dispose()
  }
  const checkpoints = join(folder, 'checkpoints')
  const result = await runTraining(folder, recipe, {
    model,
    train,
    validation: test,
    transform: trainTransform(recipe, train.scheme),
    seed,
    checkpoints: checkpointFolder(checkpoints, { keep: 1 }),
    resume: true,
  })
  if (result.interrupted) return undefined
  const metrics = { ...(await measureTraining(model, test, result)), ...(await measureShifts(model, shifted)) }
  const training = trainingSchema.parse({ ...variant, ...metrics })
  model.dispose()
  await writeJson(file, training)
  // They are three times as large as the network, and nothing continues from them.
  await rm(checkpoints, { recursive: true })
  return training
}

function trainingFolder(out: string, { head, network, start, seed }: AntialiasVariant): string {
  return join(out, `${head}-${network}-${start === 'plain' ? 'from-plain-' : ''}seed${seed}`)
}

async function readTraining(file: string): Promise<AntialiasTraining> {
  const expected = 'the file that the run wrote: remove it to train again'
  let value: unknown
  try {
    value = JSON.parse(decodeText(await readFile(file)))
  } catch (cause) {
    const received = (cause as Error).message
    throw new FacekpError({ code: 'RUN_DAMAGED', file, problem: 'invalid JSON', received, expected, cause })
  }
  return parseOptions({ schema: trainingSchema, value, code: 'RUN_DAMAGED', noun: 'key', file })
}

async function measureTraining(model: tfl.LayersModel, test: Dataset, result: TrainResult) {
  const { maePx, errorPx, nme } = await evaluate(model, test)
  const images = await stackImages(test)
  const { meanPx } = await shiftConsistency(model, images)
  images.dispose()
  return {
    history: result.history,
    maePx: maePx.value,
    errorPx: errorPx.value,
    nme: nme.value,
    shiftPx: meanPx,
    secondsPerImage: 1 / result.imagesPerSecond,
  }
}

/** Stacks all images as the input of a network, [faces, size, size, 1]. */
async function stackImages(faces: Dataset): Promise<tf.Tensor4D> {
  const samples = await Promise.all(Array.from({ length: faces.length }, (_, index) => faces.get(index)))
  return tf.tidy(() => {
    const images = samples.map(({ image }) => normalizeImage(image))
    return tf.stack(
      images.map(({ data, height, width, channels }) => tf.tensor3d(data, [height, width, channels])),
    ) as tf.Tensor4D
  })
}
