import { FacekpError } from '@facekp/core'
import type { Batch } from '../data/batches.ts'

/** A step that was not done, since it came to something that is no finite number. */
export interface NonFiniteStep {
  /** From 1. */
  readonly epoch: number
  /** From 1. */
  readonly step: number
  readonly seed: number
  /** The epoch of the samples' keys: this one, or the first with `overfitBatches`. */
  readonly samplingEpoch: number
  /** What is not finite. */
  readonly what: 'loss' | 'gradients'
  /** What it was computed from: one, or as many as `accumulate` says. */
  readonly batches: readonly Batch[]
}

/**
 * Told of a step that is not finite, before the training ends with its error. The path that it gives, of a file in which it kept the
 * batch, is named in the error.
 */
export type OnNonFinite = (step: NonFiniteStep) => string | undefined | Promise<string | undefined>

/** The error of a step of this loss and these gradients; undefined where both are finite. */
export async function nonFiniteError(
  { loss, gradientNorm }: { readonly loss: number; readonly gradientNorm: number },
  step: Omit<NonFiniteStep, 'what'>,
  onNonFinite: OnNonFinite | undefined,
): Promise<FacekpError | undefined> {
  const what = !Number.isFinite(loss) ? 'loss' : !Number.isFinite(gradientNorm) ? 'gradients' : undefined
  if (!what) return undefined
  const ids = step.batches.flatMap(({ samples }) => samples.map(({ id }) => id)).join(', ')
  const place = `of step ${step.step} (epoch ${step.epoch})`
  let [file, cause]: [string | undefined, unknown] = [undefined, undefined]
  try {
    file = await onNonFinite?.({ ...step, what })
  } catch (error) {
    cause = error
  }
  return new FacekpError({
    code: what === 'loss' ? 'LOSS_NOT_FINITE' : 'GRADIENT_NOT_FINITE',
    problem:
      what === 'loss'
        ? `the loss ${place} is not a finite number; its samples are ${ids}`
        : `the gradients ${place} are not finite numbers; its samples are ${ids}`,
    file,
    received: what === 'loss' ? String(loss) : `a joint norm of ${gradientNorm}`,
    expected:
      'a smaller learning rate, a limit on the gradient norm, or pictures without NaN; the weights before that step are kept',
    cause,
  })
}
