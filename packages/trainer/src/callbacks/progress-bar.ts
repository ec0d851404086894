import { checkArgument, optionsKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type ProgressStream, startProgress } from '@facekp/progress'
import type { EpochReport } from '../loop/reports.ts'
import type { TrainingListener } from './training-callback.ts'

const PROGRESS_BAR_OPTIONS = optionsKind({ label: KINDS.string, stream: KINDS.object })

/**
 * Shows a bar with speed, remaining time, epoch, loss and validation error on a terminal, and a few plain lines elsewhere.
 *
 * @param options.label default `training`
 * @param options.stream default `process.stderr`
 *
 * @example
 * ```ts
 * import { type TrainOptions, train } from '@facekp/trainer'
 * import { progressBar } from '@facekp/trainer/node'
 *
 * export const trainWithBar = (options: TrainOptions) => train({ ...options, callbacks: [progressBar()] })
 * ```
 */
export function progressBar(
  options: { readonly label?: string; readonly stream?: ProgressStream } = {},
): TrainingListener {
  checkArgument(PROGRESS_BAR_OPTIONS, options, 'options', 'progressBar')
  const { label = 'training', stream } = options
  let progress: ReturnType<typeof startProgress> | undefined
  let imagesDone = 0
  let stepText = ''
  let errorText = ''
  const updateError = ({ valErrorPx }: EpochReport): void => {
    if (valErrorPx !== undefined) errorText = `  validation ${valErrorPx.toFixed(1)} px`
    progress?.update(imagesDone, stepText + errorText)
  }
  return {
    onTrainBegin() {
      progress = undefined
      imagesDone = 0
      stepText = ''
      errorText = ''
    },
    onResume: (history) => history.forEach(updateError),
    onStepEnd({ epoch, epochs, images, imagesBefore, totalImages, loss }) {
      progress ??= startProgress({
        label,
        total: totalImages,
        unit: 'images',
        from: imagesBefore,
        ...(stream ? { stream } : {}),
      })
      imagesDone = images
      stepText = `epoch ${epoch}/${epochs}  loss ${loss.toPrecision(3)}`
      progress.update(imagesDone, stepText + errorText)
    },
    onEpochEnd: updateError,
    dispose: () => progress?.finish(),
  }
}
