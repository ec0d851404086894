import {
  type Dataset,
  FacekpError,
  type Image,
  randomStream,
  type SampleLoader,
  type Transform,
  transformSample,
} from '@facekp/core'
import { createNetworkLandmarker, type LandmarkerModel } from '@facekp/landmarker'
import { foldBatchNorm } from '@facekp/models'
import { checkSamePoints, parseOptions } from '@facekp/options'
import { type TrainOptions, train } from '@facekp/trainer'
import type * as tfl from '@tensorflow/tfjs-layers'
import * as z from 'zod'
import { describeMetrics } from '../fit/describe-metrics.ts'
import { measure } from '../fit/measure.ts'
import { selectHead } from '../fit/select-head.ts'
import { createNetwork } from '../recipe/create-network.ts'
import { facesSmall } from '../recipe/faces.ts'
import type { Recipe } from '../recipe/recipe.ts'
import { frameSize } from '../transforms/limits.ts'
import { trainTransform } from '../transforms/train-transform.ts'
import { cropLabeledFaces, type LabeledFaces, labelImages, type Teacher } from './teacher-labels.ts'

/** How far a distillation is. */
export interface DistillProgress {
  /** `labels`: number of labeled images; `training` and `fineTuning`: number of epochs. */
  readonly stage: 'labels' | 'training' | 'fineTuning'
  readonly done: number
  /** Undefined for images, whose number is not known. */
  readonly total?: number
}

export interface DistillOptions {
  /** Labels the images; `loadLandmarker` of `@facekp/landmarker` loads one. */
  readonly teacher: Teacher
  /** Unlabeled images of faces, hundreds or more. */
  readonly images: Iterable<Image> | AsyncIterable<Image>
  /** Labeled faces for the metrics of the student, which are neither in `images` nor in `dataset`. */
  readonly test: Dataset
  /** Labeled faces that the student is fine-tuned on; default: none. */
  readonly dataset?: Dataset | undefined
  /** Network, crop, training and augmentation; default `facesSmall`. Its crop needs a margin, and is upright. */
  readonly recipe?: Recipe | undefined
  /** Faces for which the teacher has a lower confidence are left out, 0 to 1; default 0.5. */
  readonly minConfidence?: number | undefined
  /** Of first weights, order and augmentation; default 0. */
  readonly seed?: number | undefined
  readonly onProgress?: ((progress: DistillProgress) => void) | undefined
  /** Stops the distillation, which throws the reason. */
  readonly signal?: AbortSignal | undefined
}

export interface DistillResult {
  /** For `loadLandmarker` and `saveLandmarker` of `@facekp/landmarker`. */
  readonly model: LandmarkerModel
  /** Number of faces that the teacher labeled. */
  readonly labeled: number
  /** Number of images without a face of enough confidence. */
  readonly leftOut: number
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null
const isDataset = (value: unknown): boolean => isObject(value) && typeof (value as Dataset).get === 'function'
const isIterable = (value: unknown): boolean =>
  isObject(value) && (Symbol.iterator in (value as object) || Symbol.asyncIterator in (value as object))

const isUprightRecipe = (value: unknown): boolean =>
  isObject(value) && (value as Recipe).margin !== undefined && (value as Recipe).crop !== 'leveled'

const optionsSchema = z.strictObject({
  teacher: z.custom<Teacher>(
    (value) => isObject(value) && typeof (value as Teacher).detect === 'function',
    'a landmarker',
  ),
  images: z.custom<DistillOptions['images']>(isIterable, 'an iterable of images'),
  test: z.custom<Dataset>(isDataset, 'a dataset'),
  dataset: z.custom<Dataset>(isDataset, 'a dataset').optional(),
  recipe: z.custom<Recipe>(isUprightRecipe, 'a recipe of upright crops with a margin').default(facesSmall),
  minConfidence: z.number().min(0).max(1).default(0.5),
  seed: z.int().default(0),
  onProgress: z.custom<DistillOptions['onProgress']>((value) => typeof value === 'function', 'a function').optional(),
  signal: z.instanceof(AbortSignal).optional(),
})

type ResolvedOptions = z.infer<typeof optionsSchema>

/** Fine-tuning takes this part of the epochs, and of the learning rate. */
const FINE_TUNING = { epochs: 0.25, learningRate: 0.1 }

/**
 * Trains a small network on faces that a landmarker labels, and fine-tunes it on true labels: for pages that need one small
 * network behind the detector. Faces are drawn in proportion to the teacher's confidence.
 *
 * @returns a landmarker of the network, in upright crops about the detector's boxes
 * @throws FacekpError `DISTILL_SCHEME` if the datasets have other points than the teacher, or in another order, `DISTILL_FACES` if the teacher finds no face with enough
 *   confidence, or none of the labeled ones; `OPTION_INVALID`; what `train` of `@facekp/trainer` and the teacher throw
 * @example
 * ```ts
 * const teacher = await loadLandmarker('my-landmarker')
 * const { model } = await distill({ teacher, images: photographs, dataset: train, test })
 * await saveLandmarker(model, 'my-small-landmarker')
 * ```
 *
 * Source: Hinton, Vinyals and Dean 2015, Distilling the Knowledge in a Neural Network, arXiv:1503.02531.
 */
export async function distill(options: DistillOptions): Promise<DistillResult> {
  const resolved = parseOptions({ schema: optionsSchema, value: options, code: 'OPTION_INVALID', name: 'distill' })
  const { teacher, images, test, dataset, recipe, seed, onProgress } = resolved
  for (const faces of [test, ...(dataset ? [dataset] : [])]) checkScheme(faces, teacher)
  const onImage = (done: number): void => onProgress?.({ stage: 'labels', done })
  const faces = await labelImages(teacher, images, { ...resolved, onImage })
  checkFaces(faces.dataset, `images of faces for which the teacher has confidence ${resolved.minConfidence} or more`)
  const labeledFaces = dataset && (await cropLabeledFaces(teacher, dataset, resolved))
  if (labeledFaces) checkFaces(labeledFaces, 'faces in dataset that the teacher finds')
  const testFaces = await cropLabeledFaces(teacher, test, resolved)
  checkFaces(testFaces, 'faces in test that the teacher finds')
  const network = createNetwork(recipe, { numKeypoints: teacher.scheme.pointNames.length, seed })
  try {
    await trainStudent(network, faces, resolved)
    if (labeledFaces) await fineTune(network, labeledFaces, resolved)
    const model = await createStudent(network, testFaces, recipe)
    return { model, labeled: faces.dataset.length, leftOut: faces.leftOut }
  } finally {
    network.dispose()
  }
}

async function trainStudent(model: tfl.LayersModel, faces: LabeledFaces, options: ResolvedOptions): Promise<void> {
  const { recipe } = options
  const loader = createWeightedLoader(faces, trainTransform(recipe, faces.dataset.scheme) as Transform | undefined)
  const { epochs, learningRate } = recipe
  await runStage('training', { model, train: faces.dataset, loader, epochs, learningRate }, options)
}

async function fineTune(model: tfl.LayersModel, faces: Dataset, options: ResolvedOptions): Promise<void> {
  const { recipe } = options
  const { learningRate } = recipe
  const peak = typeof learningRate === 'number' ? learningRate : learningRate.learningRate
  await runStage(
    'fineTuning',
    {
      model,
      train: faces,
      transform: trainTransform(recipe, faces.scheme),
      epochs: Math.ceil(FINE_TUNING.epochs * recipe.epochs),
      learningRate: { kind: 'cosine', learningRate: FINE_TUNING.learningRate * peak },
    },
    options,
  )
}

async function runStage(
  stage: 'training' | 'fineTuning',
  options: Pick<TrainOptions, 'model' | 'train' | 'loader' | 'transform' | 'epochs' | 'learningRate'>,
  { recipe, seed, signal, onProgress }: ResolvedOptions,
): Promise<void> {
  const { batchSize, loss, maxGradientNorm, emaDecay } = recipe
  const { epochs: total } = options
  await train({
    ...options,
    head: selectHead(options.model, loss),
    batchSize,
    loss,
    maxGradientNorm,
    emaDecay,
    seed,
    signal,
    onEpoch: ({ epoch }) => onProgress?.({ stage, done: epoch, total }),
  })
  // `train` keeps the weights of a training that was stopped; half a student is of no use.
  signal?.throwIfAborted()
}

/** Creates a loader that draws faces anew in each epoch, in proportion to their confidence. */
function createWeightedLoader({ dataset, confidences }: LabeledFaces, transform: Transform | undefined): SampleLoader {
  const ends: number[] = []
  for (const confidence of confidences) ends.push((ends.at(-1) ?? 0) + confidence)
  const total = ends.at(-1) as number
  return async ({ index, seed, epoch }, signal) => {
    // One draw in each of N equal parts: a face is drawn about as often as it should be.
    const part = randomStream({ seed, purpose: 'distill', epoch, index }).uniform(index, index + 1)
    const drawn = ends.findIndex((end) => end > (part / dataset.length) * total)
    const sample = await dataset.get(Math.max(drawn, 0), signal)
    if (transform === undefined) return sample
    return transformSample(transform, sample, randomStream({ seed, purpose: 'augment', epoch, index }))
  }
}

async function createStudent(network: tfl.LayersModel, test: Dataset, recipe: Recipe): Promise<LandmarkerModel> {
  const { size, margin = 0 } = recipe
  const metrics = describeMetrics(await measure(network, test, { size, margin }))
  const { width, height } = frameSize(recipe)
  const crop = { kind: 'upright', shiftX: 0, shiftY: 0, margin, aspectRatio: width / height } as const
  const folded = foldBatchNorm(network)
  try {
    return await createNetworkLandmarker(folded, { scheme: test.scheme, crop, metrics })
  } finally {
    folded.dispose()
  }
}

function checkScheme(dataset: Dataset, teacher: Teacher): void {
  const problem = 'the labeled faces have other points than the teacher'
  checkSamePoints(teacher, dataset, { code: 'DISTILL_SCHEME', problem, name: 'teacher' })
}

function checkFaces({ length }: Dataset, expected: string): void {
  if (length > 0) return
  throw new FacekpError({
    code: 'DISTILL_FACES',
    problem: 'no faces to train on or to measure',
    expected,
    received: 'none',
  })
}
