import type { CheckpointState } from './checkpoint-state.ts'

/** Numbers of a tensor outside any backend. */
export interface StoredTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array | Int32Array
}

/** A training between two steps: the rest of it depends on nothing else but data and settings. */
export interface Checkpoint {
  readonly state: CheckpointState
  /** `weights/0`, `weights/1` … in the order of `model.weights`, and all else that changes, such as `optimizer/m/0`. */
  readonly tensors: ReadonlyMap<string, StoredTensor>
}

/** Stores the checkpoints of a training; in Node `checkpointFolder` of `@facekp/trainer/node`. */
export interface CheckpointStore {
  /** Steps between checkpoints; absent for one after each epoch. */
  readonly everySteps?: number | undefined
  /** Excludes other trainings from the store until the lock is released; absent if nothing else writes to it. */
  lock?(): Promise<{ readonly release: () => void }>
  /** Saves a checkpoint. Its numbers may change once the promise resolves, since the training goes on with them. */
  save(checkpoint: Checkpoint): Promise<void>
  /** Loads the newest undamaged checkpoint; undefined if the store is empty. */
  latest(): Promise<Checkpoint | undefined>
  /** Loads the checkpoint with the smallest validation error; undefined if no epoch was measured. */
  best(): Promise<Checkpoint | undefined>
}
