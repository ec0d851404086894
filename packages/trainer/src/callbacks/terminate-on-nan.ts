import { checkArgument, FacekpError, optionsKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type { ComputedStep, TrainingCallback } from './training-callback.ts'

const TERMINATE_ON_NA_N_OPTIONS = optionsKind({ onNonFinite: KINDS.function })

/** A step that was refused because its loss or its gradients are not finite. */
export interface NonFiniteStep extends Omit<ComputedStep, 'loss' | 'gradientNorm'> {
  /** What is not finite. */
  readonly what: 'loss' | 'gradients'
}

/**
 * Handles a non-finite step before the training ends with its error. The error names the path that it returns, of a file that holds
 * the batch.
 */
export type OnNonFinite = (step: NonFiniteStep) => string | undefined | Promise<string | undefined>

/**
 * Ends the training with `LOSS_NOT_FINITE` or `GRADIENT_NOT_FINITE` before such a step is applied, so that the model keeps
 * the weights before it. Every training has this callback.
 *
 * @param options.onNonFinite handler of the step, such as `saveNonFiniteBatch(folder)` of `@facekp/trainer/node`
 */
export function terminateOnNaN(options: { readonly onNonFinite?: OnNonFinite | undefined } = {}): TrainingCallback {
  checkArgument(TERMINATE_ON_NA_N_OPTIONS, options, 'options', 'terminateOnNaN')
  const { onNonFinite } = options
  return {
    stage: 'guard',
    async onGradients({ loss, gradientNorm, ...step }) {
      if (!Number.isFinite(loss)) {
        throw await nonFiniteError({ ...step, what: 'loss' }, String(loss), onNonFinite)
      }
      if (!Number.isFinite(gradientNorm)) {
        throw await nonFiniteError({ ...step, what: 'gradients' }, `a global norm of ${gradientNorm}`, onNonFinite)
      }
    },
  }
}

async function nonFiniteError(
  step: NonFiniteStep,
  received: string,
  onNonFinite: OnNonFinite | undefined,
): Promise<FacekpError> {
  const isLoss = step.what === 'loss'
  const ids = step.batches.flatMap(({ samples }) => samples.map(({ id }) => id)).join(', ')
  const place = `of step ${step.step} (epoch ${step.epoch})`
  let file: string | undefined
  let cause: unknown
  try {
    file = await onNonFinite?.(step)
  } catch (error) {
    cause = error
  }
  return new FacekpError({
    code: isLoss ? 'LOSS_NOT_FINITE' : 'GRADIENT_NOT_FINITE',
    problem: isLoss
      ? `the loss ${place} is not a finite number; its samples are ${ids}`
      : `the gradients ${place} are not finite numbers; its samples are ${ids}`,
    file,
    received,
    expected:
      'finite numbers: lower the learning rate, set maxGradientNorm, or remove NaN from the images; the model keeps the weights before that step',
    cause,
  })
}
