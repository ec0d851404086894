import { fromPlainError } from '@facekp/core'
import type { TrainingListener } from '../callbacks/training-callback.ts'
import type { TrainOptions } from '../loop/train-options.ts'
import type { MainMessage, ThreadResult, WorkerMessage } from './messages.ts'

/** Listeners of a training in another thread. */
export interface ListenerOptions extends Pick<TrainOptions, 'signal' | 'onStep' | 'onEpoch' | 'onResume'> {
  /** Listeners in this thread, such as `progressBar()`. */
  readonly callbacks?: readonly TrainingListener[] | undefined
}

/** Calls the listeners before and after a training in another thread. */
export async function withListeners(
  { onStep, onEpoch, onResume, callbacks = [] }: ListenerOptions,
  run: (listeners: readonly TrainingListener[]) => Promise<ThreadResult>,
): Promise<ThreadResult> {
  const listeners = [{ onStepEnd: onStep, onEpochEnd: onEpoch, onResume }, ...callbacks]
  for (const { onTrainBegin } of listeners) await onTrainBegin?.()
  try {
    const result = await run(listeners)
    await disposeAll(listeners)
    for (const { onTrainEnd } of listeners) await onTrainEnd?.(result)
    return result
  } catch (error) {
    await disposeAll(listeners)
    throw error
  }
}

async function disposeAll(listeners: readonly TrainingListener[]): Promise<void> {
  for (const { dispose } of listeners) await dispose?.()
}

/** Connection of the main thread to the thread that trains. */
export interface TrainingPort {
  post(message: MainMessage): void
  /** Frees the place of the step report that was under way. */
  releaseStep(): void
  terminate(): void
}

/** Result or error of a training in another thread. */
export type Outcome = { readonly result: ThreadResult } | { readonly error: unknown }

/** Receives the messages of a training and keeps its outcome. */
export interface Supervisor {
  onMessage(message: WorkerMessage): Promise<void>
  /** Ends the thread with an error, unless there is an outcome already. */
  fail(error: unknown): void
  /** Ends the training after the step under way; before it has begun, ends the thread. */
  abort(): void
  getOutcome(): Outcome | undefined
}

/** Creates the supervisor of a training: calls listeners and acknowledges messages. */
export function superviseTraining(
  port: TrainingPort,
  listeners: readonly TrainingListener[],
  signal: AbortSignal | undefined,
): Supervisor {
  let outcome: Outcome | undefined
  let isStarted = false
  const fail = (error: unknown): void => {
    outcome ??= { error }
    port.terminate()
  }
  return {
    fail,
    getOutcome: () => outcome,
    abort() {
      if (isStarted) port.post('abort')
      else fail(signal?.reason)
    },
    async onMessage(message) {
      if (outcome) return
      if (message.kind === 'started') isStarted = true
      else if (message.kind === 'done') outcome = { result: message.result }
      else if (message.kind === 'failed') outcome = { error: fromPlainError(message.error, 'TRAIN_THREAD') }
      else if (message.kind === 'step') {
        for (const { onStepEnd } of listeners) await onStepEnd?.(message.report)
        port.releaseStep()
      } else {
        for (const { onEpochEnd, onResume } of listeners) {
          await (message.kind === 'epoch' ? onEpochEnd?.(message.report) : onResume?.(message.history))
        }
        port.post('ack')
      }
    },
  }
}
