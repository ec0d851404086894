import type { Json, PlainError } from '@facekp/core'
import type { Checkpoint } from '../checkpoint/checkpoint.ts'
import type { CheckpointState } from '../checkpoint/checkpoint-state.ts'
import type { EpochReport, StepReport, TrainResult } from '../loop/reports.ts'

/** Data that a training thread of Node starts with. */
export interface ThreadStart {
  readonly purpose: 'train'
  /** URL of the module that creates the training. */
  readonly module: string
  readonly options: Json
  /** One number: 1 while a step report is on its way to the main thread. Shared memory, so that reading it needs no event loop. */
  readonly stepUnderWay: SharedArrayBuffer
}

/** First message to the worker of a page. */
export interface WorkerStart {
  readonly kind: 'start'
  readonly options: Json
}

/** Result of `train`, and the weights: `restoreWeights(model, result)` puts them into a model of this thread. */
export interface ThreadResult extends TrainResult, Pick<Checkpoint, 'tensors'> {
  /** Names of the weights, whose order depends on the layers that are frozen. */
  readonly state: Pick<CheckpointState, 'weights'>
}

/** Message of the thread that trains. After `epoch` and `resume` it waits for `ack`. */
export type WorkerMessage =
  | { readonly kind: 'started' }
  | { readonly kind: 'step'; readonly report: StepReport }
  | { readonly kind: 'epoch'; readonly report: EpochReport }
  | { readonly kind: 'resume'; readonly history: readonly EpochReport[] }
  | { readonly kind: 'done'; readonly result: ThreadResult }
  | { readonly kind: 'failed'; readonly error: PlainError }

/** Message of the main thread. `stepDone`, to the worker of a page: the report of a step has been used. */
export type MainMessage = 'ack' | 'abort' | 'stepDone'

/** Tests whether a thread of Node was started for a training. */
export function isThreadStart(data: unknown): data is ThreadStart {
  return typeof data === 'object' && data !== null && (data as Partial<ThreadStart>).purpose === 'train'
}

/** Tests for the first message to the worker of a page. */
export function isWorkerStart(data: unknown): data is WorkerStart {
  return typeof data === 'object' && data !== null && (data as Partial<WorkerStart>).kind === 'start'
}
