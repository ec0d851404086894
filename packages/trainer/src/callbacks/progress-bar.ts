import { type ProgressStream, startProgress } from '@facekp/progress'
import type { EpochReport, StepReport } from '../loop/train-options.ts'

/** Shows a training: what `train` takes as `onStep` and `onEpoch`. */
export interface TrainingDisplay {
  readonly onStep: (step: StepReport) => void
  readonly onEpoch: (epoch: EpochReport) => void
  /** Ends the display, wherever the training stands. */
  readonly finish: () => void
}

/**
 * A bar with rate, remaining time, epoch, loss and validation error on a terminal; a few plain lines elsewhere.
 *
 * @example
 * ```ts
 * const display = terminalProgress()
 * try {
 *   await train({ ...settings, onStep: display.onStep, onEpoch: display.onEpoch })
 * } finally {
 *   display.finish()
 * }
 * ```
 *
 * @param options.stream default `process.stderr`
 */
export function terminalProgress({
  label = 'training',
  stream,
}: {
  readonly label?: string
  readonly stream?: ProgressStream
} = {}): TrainingDisplay {
  let progress: ReturnType<typeof startProgress> | undefined
  let [seen, step, error] = [0, '', '']
  return {
    onStep({ epoch, epochs, images, imagesBefore, totalImages, loss }) {
      progress ??= startProgress({
        label,
        total: totalImages,
        unit: 'images',
        from: imagesBefore,
        ...(stream ? { stream } : {}),
      })
      seen = images
      step = `epoch ${epoch}/${epochs}  loss ${loss.toPrecision(3)}`
      progress.update(seen, step + error)
    },
    onEpoch({ valErrorPx }) {
      if (valErrorPx !== undefined) error = `  validation ${valErrorPx.toFixed(1)} px`
      progress?.update(seen, step + error)
    },
    finish: () => progress?.finish(),
  }
}
