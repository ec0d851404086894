import { fromPlainError } from '@facekp/core'
import * as z from 'zod/mini'
import { callAll } from '../callbacks/call-all.ts'
import type { TrainingListener } from '../callbacks/training-callback.ts'
import type { TrainOptions } from '../loop/train-options.ts'
import type { MainMessage, ThreadResult, WorkerMessage } from './messages.ts'

/** Listeners of a training in another thread. */
export interface ListenerOptions extends Pick<TrainOptions, 'signal' | 'onStep' | 'onEpoch' | 'onResume'> {
  /** Listeners in this thread, such as `progressBar()`. */
  readonly callbacks?: readonly TrainingListener[] | undefined
}

const listenerSchema: z.ZodMiniOptional<z.ZodMiniUnknown> = z.optional(z.unknown())

/** The names of {@link ListenerOptions}: any other is a mistake, such as an option of the training that is not within `options`. */
export const listenerSchemas: Readonly<Record<keyof ListenerOptions, typeof listenerSchema>> = {
  signal: listenerSchema,
  onStep: listenerSchema,
  onEpoch: listenerSchema,
  onResume: listenerSchema,
  callbacks: listenerSchema,
}

/** Calls the listeners before and after a training in another thread. */
export async function withListeners(
  { onStep, onEpoch, onResume, callbacks = [] }: ListenerOptions,
  run: (listeners: readonly TrainingListener[]) => Promise<ThreadResult>,
): Promise<ThreadResult> {
  const listeners: readonly TrainingListener[] = [{ onStepEnd: onStep, onEpochEnd: onEpoch, onResume }, ...callbacks]
  let result: ThreadResult
  try {
    for (const listener of listeners) await listener.onTrainBegin?.()
    result = await run(listeners)
  } finally {
    await callAll(listeners.map((listener) => () => listener.dispose?.()))
  }
  for (const listener of listeners) await listener.onTrainEnd?.(result)
  return result
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
  /** Handles a message after those before it: a listener that returns a promise gets one report at a time. */
  onMessage(message: WorkerMessage): Promise<void>
  /** Ends the thread with an error, unless there is an outcome already. */
  fail(error: unknown): void
  /** Ends the training after the step under way; before it has begun, ends the thread. */
  abort(): void
  getOutcome(): Outcome | undefined
  /** Returns the outcome; without one, after the messages so far are handled. */
  settle(): Promise<Outcome | undefined>
}

/** Creates the supervisor of a training: calls listeners and acknowledges messages. */
export function superviseTraining(
  port: TrainingPort,
  listeners: readonly TrainingListener[],
  signal: AbortSignal | undefined,
): Supervisor {
  let outcome: Outcome | undefined
  let isStarted = false
  let handled = Promise.resolve()
  const fail = (error: unknown): void => {
    outcome ??= { error }
    port.terminate()
  }
  const handle = async (message: WorkerMessage): Promise<void> => {
    if (outcome) return
    if (message.kind === 'started') isStarted = true
    else if (message.kind === 'done') outcome = { result: message.result }
    else if (message.kind === 'failed') outcome = { error: fromPlainError(message.error, 'TRAIN_THREAD') }
    else if (message.kind === 'step') {
      for (const listener of listeners) await listener.onStepEnd?.(message.report)
      port.releaseStep()
    } else {
      for (const listener of listeners) {
        await (message.kind === 'epoch' ? listener.onEpochEnd?.(message.report) : listener.onResume?.(message.history))
      }
      port.post('ack')
    }
  }
  return {
    fail,
    getOutcome: () => outcome,
    async settle() {
      if (!outcome) await handled.catch(() => undefined)
      return outcome
    },
    abort() {
      if (isStarted) port.post('abort')
      else fail(signal?.reason)
    },
    onMessage(message) {
      handled = handled.then(() => handle(message))
      return handled
    },
  }
}
