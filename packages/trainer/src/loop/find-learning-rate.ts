import { FacekpError, isFacekpError } from '@facekp/core'
import { variableOf } from '../weights/get-variable.ts'
import { train } from './train.ts'
import type { TrainOptions } from './train-options.ts'

/** Of the running mean of the losses, so much is kept in each step. */
const SMOOTHING = 0.98
/** A loss so many times the smallest ends the search. */
const DIVERGED = 4

/** What a search for a learning rate found. */
export interface LearningRateSearch {
  /** Of each step, the rate and the batch's loss before it. */
  readonly points: readonly LearningRatePoint[]
  /** In the middle of where the smoothed loss fell: a good rate to begin with. */
  readonly suggested: number
}

export interface LearningRatePoint {
  readonly learningRate: number
  readonly loss: number
  /** A running mean over the steps so far. */
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
  /** The first rate, default 1e-6. */
  readonly from?: number
  /** The last, default 1. */
  readonly to?: number
  /** How many, equally far from each other as logarithms; default 100. */
  readonly steps?: number
}

/**
 * Trains for some steps with a rate that grows from tiny to far too large, until the loss runs away, and gives the model its
 * weights back. `learningRateCurve` of `@facekp/viz` draws what was found.
 *
 * Throws `TRAIN_OPTION` for a range that does not grow, what {@link train} throws, and the signal's reason once it is aborted.
 *
 * @example
 * ```ts
 * const { suggested } = await findLearningRate({ model, train: faces, batchSize: 16 })
 * await train({ ...settings, learningRate: { kind: 'oneCycle', rate: suggested } })
 * ```
 *
 * Source: Smith 2017, arXiv:1506.01186; smoothing and choice (`valley`) as fastai has them (Howard and Gugger 2020, arXiv:2002.04688).
 */
export async function findLearningRate({
  from = 1e-6,
  to = 1,
  steps = 100,
  signal,
  ...settings
}: LearningRateSearchOptions): Promise<LearningRateSearch> {
  if (!(from > 0 && to > from && Number.isInteger(steps) && steps > 2)) {
    throw new FacekpError({
      code: 'TRAIN_OPTION',
      problem: 'there is nothing to search',
      received: JSON.stringify({ from, to, steps }),
      expected: 'from above 0, to above it, and 3 steps or more',
    })
  }
  const { model, batchSize, gradientAccumulationSteps = 1 } = settings
  const before = model.weights.map((weight) => variableOf(weight).clone())
  const points: LearningRatePoint[] = []
  const enough = new AbortController()
  let [mean, smallest] = [0, Number.POSITIVE_INFINITY]
  try {
    await train({
      ...settings,
      epochs: Math.ceil(steps / Math.ceil(settings.train.length / (batchSize * gradientAccumulationSteps))),
      learningRate: ({ step }) => from * (to / from) ** (step / (steps - 1)),
      signal: signal ? AbortSignal.any([signal, enough.signal]) : enough.signal,
      onStep({ learningRate, loss }) {
        mean = SMOOTHING * mean + (1 - SMOOTHING) * loss
        const smoothedLoss = mean / (1 - SMOOTHING ** (points.length + 1))
        points.push({ learningRate, loss, smoothedLoss })
        smallest = Math.min(smallest, smoothedLoss)
        if (points.length === steps || smoothedLoss > DIVERGED * smallest) enough.abort()
      },
    })
  } catch (error) {
    // A rate that is far too large; from the first step on it would be something else.
    const isTooLarge = isFacekpError(error, 'LOSS_NOT_FINITE') || isFacekpError(error, 'GRADIENT_NOT_FINITE')
    if (!isTooLarge || points.length < 3) throw error
  } finally {
    for (const [i, weight] of model.weights.entries()) {
      variableOf(weight).assign(before[i] as (typeof before)[number])
      before[i]?.dispose()
    }
  }
  signal?.throwIfAborted()
  return { points, suggested: inValley(points) }
}

/** The rate in the middle of the valley: of the longest run of points, others between them left out, of which each lies lower. */
function inValley(points: readonly LearningRatePoint[]): number {
  const lengths: number[] = []
  let end = 0
  for (const [i, { smoothedLoss }] of points.entries()) {
    const before = lengths.filter((_, j) => (points[j] as LearningRatePoint).smoothedLoss > smoothedLoss)
    lengths[i] = 1 + Math.max(0, ...before)
    if (lengths[i] > (lengths[end] as number)) end = i
  }
  const middle = end - Math.ceil((lengths[end] as number) / 2)
  return (points[Math.max(0, middle)] as LearningRatePoint).learningRate
}
