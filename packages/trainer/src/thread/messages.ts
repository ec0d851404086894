import type { Json, PlainError } from '@facekp/core'
import type { EpochReport, StepReport } from '../loop/train-options.ts'
import type { ThreadResult } from './train-in-thread.ts'

/** What the thread is given when it starts. */
export interface Start {
  readonly purpose: 'train'
  /** The address of the module that makes the training. */
  readonly module: string
  readonly options: Json
  /** One number: 1 while a step is on its way to the main thread. Memory of both threads, so that no turn is needed to see it. */
  readonly stepUnderWay: SharedArrayBuffer
}

/** What the thread tells. An epoch and a resume are each answered by `heard`; until then the thread waits. */
export type Told =
  | { readonly kind: 'begins' }
  | { readonly kind: 'step'; readonly step: StepReport }
  | { readonly kind: 'epoch'; readonly epoch: EpochReport }
  | { readonly kind: 'resume'; readonly history: readonly EpochReport[] }
  | { readonly kind: 'done'; readonly result: ThreadResult }
  | { readonly kind: 'failed'; readonly error: PlainError }

/** What the thread is told. */
export type Order = 'heard' | 'abort'

/** Whether a thread was started for a training. */
export function isStart(data: unknown): data is Start {
  return typeof data === 'object' && data !== null && (data as Partial<Start>).purpose === 'train'
}
