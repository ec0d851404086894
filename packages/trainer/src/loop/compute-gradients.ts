import { FacekpError, type Random } from '@facekp/core'
import type { Head } from '@facekp/tfjs-utils'
import { readTensors } from '@facekp/tfjs-utils/read-tensors'
import * as tf from '@tensorflow/tfjs-core'
import { type Batch, totalWeight } from '../data/batches.ts'
import { computeLoss, type Loss } from '../losses/loss.ts'
import { type BatchTensors, toTensors } from '../model/check-model.ts'
import { decodePoints } from '../model/head.ts'
import type { InputShape } from '../model/input-shape.ts'
import { clipByGlobalNorm, globalNorm } from '../optimizers/clip-by-global-norm.ts'
import { withLayerRandom } from '../weights/layer-random.ts'
import { NAME_NUMBER } from '../weights/model-variables.ts'
import type { StepReplay } from './step-replay.ts'

/** Loss and gradients of one optimizer step. */
export interface StepGradients {
  /** Weighted mean over the points of the step's images. */
  readonly loss: number
  /** Gradient of the loss by each variable, clipped if there is a limit; the caller disposes of them. */
  readonly gradients: readonly tf.Tensor[]
  /** Global norm of the gradients before clipping. */
  readonly gradientNorm: number
  /** Longest time that a batch's forward and backward pass blocked the thread, in ms. */
  readonly blockMs: number
}

export interface GradientOptions {
  readonly head: Head
  /** Variables that gradients are computed for. */
  readonly variables: readonly tf.Variable[]
  readonly inputShape: InputShape
  readonly loss: Loss
  /** Largest global norm (default: no limit). */
  readonly maxGradientNorm?: number | undefined
  /** Replays the computation of a step of one batch. */
  readonly replay: StepReplay | undefined
  /** Called before the network processes a batch of the step; awaited. */
  readonly onBatch: () => void | Promise<void>
  /** Creates the stream that the layers draw from for batch `i` of the step. */
  readonly createLayerRandom: (i: number) => Random
}

/**
 * Computes loss and gradients of several batches as if they were one: each is weighted by its points.
 *
 * All of a batch is recorded, the norm and the clipping of the last one's sum included, before a number is read: a backend that records
 * before it computes gets it in one piece.
 */
export async function computeGradients(batches: readonly Batch[], options: GradientOptions): Promise<StepGradients> {
  // If no point has a weight, all losses are 0.
  const stepWeight = batches.reduce((sum, batch) => sum + totalWeight(batch), 0) || 1
  let loss = 0
  let gradientNorm = Number.NaN
  let blockMs = 0
  let gradients: readonly tf.Tensor[] = []
  try {
    for (const [i, batch] of batches.entries()) {
      await options.onBatch()
      const weight = totalWeight(batch) / stepWeight
      const start = performance.now()
      const scalars = tf.tidy(() => {
        const tensors = toTensors(batch, options.inputShape)
        const compute = (): tf.Tensor[] => {
          const { value, batchGradients } = withLayerRandom(options.createLayerRandom(i), () =>
            computeBatchGradients(tensors, options),
          )
          const sum = batches.length === 1 ? batchGradients : addWeighted(gradients, batchGradients, weight)
          const { clipped, norm } = i < batches.length - 1 ? { clipped: sum, norm: [] } : clip(sum, options)
          return [...clipped, value, ...norm]
        }
        const { replay } = batches.length === 1 ? options : {}
        const results = replay ? replay.run(tensors, compute) : compute()
        tf.dispose([...gradients])
        const count = options.variables.length
        gradients = results.slice(0, count).map((gradient) => tf.keep(gradient))
        return results.slice(count)
      })
      blockMs = Math.max(blockMs, performance.now() - start)
      const [value, norm] = (await readTensors(scalars)).map(([scalar]) => scalar)
      loss += (value as number) * weight
      if (norm !== undefined) gradientNorm = norm
    }
  } catch (error) {
    tf.dispose([...gradients])
    throw error
  }
  return { loss, gradients, gradientNorm, blockMs }
}

function computeBatchGradients(
  { images, ...targets }: BatchTensors,
  { head, variables, inputShape, loss }: GradientOptions,
): { value: tf.Scalar; batchGradients: tf.Tensor[] } {
  const { value, grads } = tf.variableGrads(() => {
    const outputs = head.network.apply(images, { training: true }) as tf.Tensor | tf.Tensor[]
    const decoded = decodePoints(head, outputs, targets.target.shape[1] / 2)
    return computeLoss(loss, decoded, { ...targets, aspectRatio: inputShape[1] / inputShape[0] })
  }, [...variables])
  const batchGradients = variables.map(({ name }) => {
    const gradient = grads[name]
    if (gradient) return gradient
    const problem = `weight ${name.replace(NAME_NUMBER, '')} has no gradient`
    const expected = 'a loss that depends on it, or lrScale 0 for its layer'
    throw new FacekpError({ code: 'TRAIN_OPTION', problem, expected })
  })
  return { value, batchGradients }
}

/** Clips the gradients of a step if there is a limit, and computes their norm. */
function clip(
  gradients: readonly tf.Tensor[],
  { maxGradientNorm }: GradientOptions,
): { clipped: readonly tf.Tensor[]; norm: tf.Scalar[] } {
  if (maxGradientNorm === undefined) return { clipped: gradients, norm: [globalNorm(gradients)] }
  const { clipped, norm } = clipByGlobalNorm(gradients, maxGradientNorm)
  return { clipped, norm: [norm] }
}

/** Adds weight times gradients to a sum, which is empty at first. */
function addWeighted(sum: readonly tf.Tensor[], gradients: readonly tf.Tensor[], weight: number): tf.Tensor[] {
  return gradients.map((gradient, i) => {
    const weighted = tf.mul(gradient, weight)
    return sum[i] ? tf.add(weighted, sum[i]) : weighted
  })
}
