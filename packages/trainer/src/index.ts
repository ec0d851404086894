export type { Decoded, Head, Preprocessing } from '@facekp/tfjs-utils'
export { type EarlyStoppingOptions, earlyStopping } from './callbacks/early-stopping.ts'
export { ema } from './callbacks/ema.ts'
export { epochLimit } from './callbacks/epoch-limit.ts'
export { leakGuard } from './callbacks/leak-guard.ts'
export { modelCheckpoint } from './callbacks/model-checkpoint.ts'
export { type NonFiniteStep, type OnNonFinite, terminateOnNaN } from './callbacks/terminate-on-nan.ts'
export { timeLimit } from './callbacks/time-limit.ts'
export type {
  CallbackStage,
  ComputedStep,
  TrainingCallback,
  TrainingContext,
  TrainingListener,
} from './callbacks/training-callback.ts'
export type { Checkpoint, CheckpointStore, StoredTensor } from './checkpoint/checkpoint.ts'
export type { CheckpointState } from './checkpoint/checkpoint-state.ts'
export { restoreWeights } from './checkpoint/restore-weights.ts'
export type { Batch } from './data/batches.ts'
export type { PointWeights } from './data/point-weights.ts'
export { type PartError, partErrorsPx, pointErrorsPx } from './evaluation/errors-by-part.ts'
export { meanShape, meanShapeError, shapeError, sourceErrorPx } from './evaluation/errors-in-pixels.ts'
export { type EvaluateOptions, evaluate, toKeypointPair } from './evaluation/evaluate.ts'
export { type Prediction, type Predictions, type PredictOptions, predict } from './evaluation/predict.ts'
export type { InvertibleTransform, TtaOptions } from './evaluation/tta.ts'
export {
  findLearningRate,
  type LearningRatePoint,
  type LearningRateSearch,
  type LearningRateSearchOptions,
} from './loop/find-learning-rate.ts'
export type { BestEpoch, EpochReport, StepReport, StopReason, TrainResult } from './loop/reports.ts'
export { train } from './loop/train.ts'
export type { TrainOptions } from './loop/train-options.ts'
export { parseTrainingConfig } from './loop/training-config.ts'
export type { TrainingConfig, TrainingSettings } from './loop/training-settings.ts'
export type { EpochState, TrainingPosition, TrainingState } from './loop/training-state.ts'
export { adaptiveWingLoss } from './losses/adaptive-wing-loss.ts'
export { euclideanLoss } from './losses/euclidean-loss.ts'
export { l1Loss } from './losses/l1-loss.ts'
export type { HeadLoss, Loss } from './losses/loss.ts'
export { mseLoss } from './losses/mse-loss.ts'
export type { KeypointTargets, PointLoss } from './losses/point-loss.ts'
export type { LossSettings } from './losses/resolve-loss.ts'
export { simccLoss } from './losses/simcc-loss.ts'
export { smoothL1Loss } from './losses/smooth-l1-loss.ts'
export { softWingLoss } from './losses/soft-wing-loss.ts'
export { starLoss } from './losses/star-loss.ts'
export { weightedSum } from './losses/weighted-sum.ts'
export { wingLoss } from './losses/wing-loss.ts'
export { adam } from './optimizers/adam.ts'
export type { OptimizerSettings } from './optimizers/create-optimizer.ts'
export type { Optimizer } from './optimizers/optimizer.ts'
export { sgd } from './optimizers/sgd.ts'
export type { Schedule } from './schedules/learning-rate-at.ts'
export type { ScheduleFunction, TrainingProgress } from './schedules/training-progress.ts'
export { warmupThenCosine } from './schedules/warmup-then-cosine.ts'
export type { ParamGroup } from './weights/param-groups.ts'
export type { WeightEma } from './weights/weight-ema.ts'
