import type { TrainingState } from './checkpoint-state.ts'

/** A tensor's numbers outside any backend. */
export interface StoredTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array | Int32Array
}

/** A training between two steps: with data and settings, all that its end follows from. */
export interface Checkpoint {
  readonly state: TrainingState
  /** `weights/0`, `weights/1` … in the order of `model.weights`, and what else the training holds, such as `optimizer/m/0`. */
  readonly tensors: ReadonlyMap<string, StoredTensor>
}

/** Where a training keeps its checkpoints; in Node `checkpointFolder` of `@facekp/trainer/node`. */
export interface CheckpointStore {
  /** A checkpoint is due whenever so many steps are done; where absent, after each epoch. */
  readonly everySteps?: number | undefined
  /** Keeps a checkpoint. Its numbers may change once this is done: the training goes on with them. */
  save(checkpoint: Checkpoint): Promise<void>
  /** The newest checkpoint that is whole; undefined where there is none at all. */
  latest(): Promise<Checkpoint | undefined>
  /** That of the smallest validation error; undefined where no epoch was measured. */
  best(): Promise<Checkpoint | undefined>
}
