export type { Checkpoint, CheckpointStore, StoredTensor } from './checkpoint/checkpoint.ts'
export { restoreWeights } from './checkpoint/restore-weights.ts'
export type { BestEpoch, EpochState, TrainingState } from './checkpoint/training-state.ts'
export { type PartError, partErrorsPx, pointErrorsPx } from './errors-by-part.ts'
export { meanShape, meanShapeError, sourceErrorPx } from './errors-in-pixels.ts'
export {
  findLearningRate,
  type LearningRatePoint,
  type LearningRateSearch,
  type LearningRateSearchOptions,
} from './find-learning-rate.ts'
export { meanDistance, meanSquaredError, type PointLoss, type PointTruth } from './losses.ts'
export { adam } from './optimizers/adam.ts'
export type { Optimizer } from './optimizers/optimizer.ts'
export type { OptimizerSettings } from './optimizers/optimizer-settings.ts'
export { sgd } from './optimizers/sgd.ts'
export { type Prediction, type Predictions, predict } from './predict.ts'
export type { Schedule, ScheduleFunction, TrainingProgress } from './schedules/schedule.ts'
export { warmupThenCosine } from './schedules/warmup-then-cosine.ts'
export { train } from './train.ts'
export type { EpochReport, StepReport, TrainOptions, TrainResult } from './train-options.ts'
export type { RateGroup } from './weights/rate-groups.ts'
