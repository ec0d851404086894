import type { Head } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs'
import { type Batch, weightOf } from '../data/batches.ts'
import { computeLoss, type Loss } from '../losses/loss.ts'
import { type InputShape, tensorsOf } from '../model/check-model.ts'
import { decodePoints } from '../model/head.ts'
import { clipByGlobalNorm, globalNorm } from '../optimizers/clip-by-global-norm.ts'

/** What a step follows from. */
export interface StepGradients {
  /** Mean over the points of the step's images, each by what it counts. */
  readonly loss: number
  /** Of the loss by each variable, limited where a limit was given; the caller's to dispose of. */
  readonly gradients: readonly tf.Tensor[]
  /** Of the gradients together, before it was limited. */
  readonly gradientNorm: number
}

export interface StepOptions {
  readonly head: Head
  /** By which gradients are taken. */
  readonly variables: readonly tf.Variable[]
  /** That the model takes. */
  readonly shape: InputShape
  readonly loss: Loss
  readonly maxGradientNorm?: number | undefined
  /** Called before the network sees batch `i` of the step. */
  readonly onBatch: (i: number) => void
}

/**
 * Loss and gradients of some batches as of one: each counts by its points. A backend that records what is to be computed gets all
 * of a batch, the norm of the last one's sum and the limit on it included, before a number is read.
 */
export async function computeGradients(
  batches: readonly Batch[],
  { head, variables, shape, loss, maxGradientNorm, onBatch }: StepOptions,
): Promise<StepGradients> {
  // Where no point counts, all losses are 0.
  const total = batches.reduce((sum, batch) => sum + weightOf(batch), 0) || 1
  let [mean, gradientNorm] = [0, Number.NaN]
  let gradients: readonly tf.Tensor[] = []
  try {
    for (const [i, batch] of batches.entries()) {
      onBatch(i)
      const weight = weightOf(batch) / total
      const isLast = i === batches.length - 1
      const told = tf.tidy(() => {
        const { images, ...truth } = tensorsOf(batch, shape)
        const { value, grads } = tf.variableGrads(() => {
          const outputs = head.network.apply(images, { training: true }) as tf.Tensor | tf.Tensor[]
          const decoded = decodePoints(head, outputs, truth.target.shape[1] / 2)
          return computeLoss(loss, decoded, { ...truth, aspectRatio: shape[1] / shape[0] })
        }, [...variables])
        const own = variables.map(({ name }) => grads[name] as tf.Tensor)
        const sum = batches.length === 1 ? own : addWeighted(gradients, own, weight)
        const limited = isLast && maxGradientNorm !== undefined ? clipByGlobalNorm(sum, maxGradientNorm) : undefined
        const norm = isLast ? [limited?.norm ?? globalNorm(sum)] : []
        tf.dispose([...gradients])
        gradients = (limited?.clipped ?? sum).map((gradient) => tf.keep(gradient))
        return [value, ...norm]
      })
      const [value, norm] = await Promise.all(told.map(async (scalar) => (await scalar.data())[0] as number))
      tf.dispose(told)
      mean += (value as number) * weight
      if (norm !== undefined) gradientNorm = norm
    }
  } catch (error) {
    tf.dispose([...gradients])
    throw error
  }
  return { loss: mean, gradients, gradientNorm }
}

/** sum + weight own, where there is no sum yet weight own. */
function addWeighted(sum: readonly tf.Tensor[], own: readonly tf.Tensor[], weight: number): tf.Tensor[] {
  return own.map((gradient, i) => {
    const part = gradient.mul(weight)
    return sum[i] ? part.add(sum[i]) : part
  })
}
