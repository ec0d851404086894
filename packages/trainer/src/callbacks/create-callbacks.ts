import type { TrainOptions } from '../loop/train-options.ts'
import type { ResolvedSettings } from '../loop/training-settings.ts'
import { earlyStopping } from './early-stopping.ts'
import { ema } from './ema.ts'
import { leakGuard } from './leak-guard.ts'
import { modelCheckpoint } from './model-checkpoint.ts'
import { terminateOnNaN } from './terminate-on-nan.ts'
import { timeLimit } from './time-limit.ts'
import { sortByStage, type TrainingCallback } from './training-callback.ts'

/** Creates the callbacks of a training, from its options and from `callbacks`, sorted by stage. */
export function createCallbacks(options: TrainOptions, settings: ResolvedSettings): TrainingCallback[] {
  const { checkpoints, resume, onNonFinite, onStep, onEpoch, onResume } = options
  const { emaDecay, timeLimitSeconds } = settings
  const callbacks: TrainingCallback[] = [
    { onResume, onStepEnd: onStep, onEpochEnd: onEpoch },
    ...(options.callbacks ?? []),
    terminateOnNaN({ onNonFinite }),
    leakGuard(settings.tensorLeakLimit),
  ]
  if (emaDecay !== undefined) callbacks.push(ema(emaDecay))
  if (settings.earlyStopping) callbacks.push(earlyStopping(settings.earlyStopping))
  if (checkpoints) callbacks.push(modelCheckpoint(checkpoints, { resume }))
  if (timeLimitSeconds !== undefined) callbacks.push(timeLimit(timeLimitSeconds))
  return sortByStage(callbacks)
}
