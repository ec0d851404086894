import type { EpochReport } from '../loop/reports.ts'

/** Progress of a training when a step begins. */
export interface TrainingProgress {
  /** Step about to be done, the first being 0. */
  readonly step: number
  /** Steps of the whole training. */
  readonly steps: number
  readonly stepsPerEpoch: number
  /** Reports of the finished epochs. */
  readonly history: readonly Pick<EpochReport, 'trainLoss' | 'valLoss'>[]
}

/** A schedule as a function. It is not written into checkpoints and not compared when a training is resumed. */
export type ScheduleFunction = (progress: TrainingProgress) => number
