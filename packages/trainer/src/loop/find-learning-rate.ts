import { checkArgument, isFacekpError, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { parseOptions } from '@facekp/options'
import * as z from 'zod/mini'
import { explainDisposal } from '../model/disposal.ts'
import { modelVariables } from '../weights/model-variables.ts'
import { WeightSnapshot } from '../weights/weight-snapshot.ts'
import { train } from './train.ts'
import type { TrainOptions } from './train-options.ts'

const SEARCH_OPTIONS = objectKind({ model: KINDS.model, train: KINDS.dataset })

/** Weight of the previous mean in the running mean of the losses. */
const SMOOTHING = 0.98
/** Multiple of the smallest loss at which the search ends. */
const DIVERGED = 4
/** Errors that a learning rate causes which is far too large. */
const DIVERGED_CODES = ['LOSS_NOT_FINITE', 'GRADIENT_NOT_FINITE', 'WEIGHTS_NOT_FINITE']

/** Result of a learning rate range test. */
export interface LearningRateSearch {
  /** One a step. */
  readonly points: readonly LearningRatePoint[]
  /** In the middle of the range in which the smoothed loss falls: a good learning rate to begin with. */
  readonly suggested: number
}

/** One step of a learning rate range test. */
export interface LearningRatePoint {
  readonly learningRate: number
  /** Loss of the batch before the step. */
  readonly loss: number
  /** Running mean of the losses so far. */
  readonly smoothedLoss: number
}

export interface LearningRateSearchOptions
  extends Pick<
    TrainOptions,
    | 'model'
    | 'head'
    | 'train'
    | 'transform'
    | 'loader'
    | 'batchSize'
    | 'gradientAccumulationSteps'
    | 'optimizer'
    | 'paramGroups'
    | 'loss'
    | 'pointWeights'
    | 'maxGradientNorm'
    | 'seed'
    | 'signal'
  > {
  /** First learning rate (default 1e-6). */
  readonly from?: number
  /** Last learning rate (default 1). */
  readonly to?: number
  /** Learning rates, evenly spaced on a logarithmic scale; at least 3 (default 100). */
  readonly steps?: number
}

/**
 * Searches for a learning rate: increases it during a training until the loss diverges, then restores the model's weights.
 * `learningRateCurve` of `@facekp/viz` plots the result.
 *
 * @throws `TRAIN_OPTION` for an invalid range, what {@link train} throws, and the signal's reason once it is aborted
 *
 * @example
 * ```ts
 * import { findLearningRate, type TrainOptions, train } from '@facekp/trainer'
 *
 * export async function trainOneCycle({ model, train: faces, batchSize, epochs }: TrainOptions) {
 *   const { suggested } = await findLearningRate({ model, train: faces, batchSize })
 *   const learningRate = { kind: 'oneCycle', learningRate: suggested } as const
 *   return train({ model, train: faces, batchSize, epochs, learningRate })
 * }
 * ```
 *
 * Source: Smith 2017, arXiv:1506.01186; smoothing and choice (`valley`) as in fastai (Howard and Gugger 2020, arXiv:2002.04688).
 */
export async function findLearningRate(options: LearningRateSearchOptions): Promise<LearningRateSearch> {
  checkArgument(SEARCH_OPTIONS, options, 'options', 'findLearningRate')
  const { from = 1e-6, to = 1, steps = 100, signal, ...settings } = options
  const range = z.object({
    from: z.number().check(z.positive()),
    to: z.number().check(z.gt(from)),
    steps: z.int().check(z.minimum(3)),
  })
  parseOptions({ schema: range, value: { from, to, steps }, code: 'TRAIN_OPTION', name: 'findLearningRate' })
  const { model } = settings
  const disposal = explainDisposal(model)
  if (disposal) throw disposal
  const snapshot = new WeightSnapshot(modelVariables(model))
  const points: LearningRatePoint[] = []
  const end = new AbortController()
  let mean = 0
  let smallest = Number.POSITIVE_INFINITY
  try {
    await train({
      ...settings,
      epochs: countEpochs(steps, settings),
      learningRate: ({ step }) => from * (to / from) ** (step / (steps - 1)),
      signal: signal ? AbortSignal.any([signal, end.signal]) : end.signal,
      onStep({ learningRate, loss }) {
        mean = SMOOTHING * mean + (1 - SMOOTHING) * loss
        const smoothedLoss = mean / (1 - SMOOTHING ** (points.length + 1))
        points.push({ learningRate, loss, smoothedLoss })
        smallest = Math.min(smallest, smoothedLoss)
        if (points.length === steps || smoothedLoss > DIVERGED * smallest) end.abort()
      },
    })
  } catch (error) {
    // Expected once the learning rate is far too large; within the first steps it has another cause.
    const isTooLarge = DIVERGED_CODES.some((code) => isFacekpError(error, code))
    if (!isTooLarge || points.length < 3) throw error
  } finally {
    if (!explainDisposal(model)) snapshot.restore()
    snapshot.dispose()
  }
  signal?.throwIfAborted()
  return { points, suggested: findValley(points) }
}

/** Counts the epochs that have these steps; 1 for settings that give no number, whose error is that of `train`. */
function countEpochs(
  steps: number,
  {
    train,
    batchSize,
    gradientAccumulationSteps = 1,
  }: Pick<LearningRateSearchOptions, 'train' | 'batchSize' | 'gradientAccumulationSteps'>,
): number {
  const epochs = Math.ceil(steps / Math.ceil(train.length / (batchSize * gradientAccumulationSteps)))
  return epochs >= 1 && Number.isFinite(epochs) ? epochs : 1
}

/**
 * Returns the learning rate in the middle of the valley: the longest sequence of points, others between them left out, in which each
 * is lower than the one before.
 */
function findValley(points: readonly LearningRatePoint[]): number {
  const lengths: number[] = []
  let end = 0
  for (const [i, { smoothedLoss }] of points.entries()) {
    const higher = lengths.filter((_, j) => (points[j] as LearningRatePoint).smoothedLoss > smoothedLoss)
    lengths[i] = 1 + Math.max(0, ...higher)
    if (lengths[i] > (lengths[end] as number)) end = i
  }
  const middle = end - Math.ceil((lengths[end] as number) / 2)
  return (points[Math.max(0, middle)] as LearningRatePoint).learningRate
}
