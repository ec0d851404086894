import { checkArgument, FacekpError, type Json } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { parseOptions } from '@facekp/options'
import * as z from 'zod/mini'
import type { ThreadResult, WorkerMessage, WorkerStart } from './messages.ts'
import { sentOptionsSchema } from './sent-options.ts'
import {
  type ListenerOptions,
  listenerSchemas,
  superviseTraining,
  type TrainingPort,
  withListeners,
} from './supervise-training.ts'

export interface WorkerOptions extends ListenerOptions {
  /**
   * A worker whose module calls `serveTraining`, such as `new Worker(new URL('./training.js', import.meta.url), { type: 'module' })`. It
   * is terminated when the training ends.
   */
  readonly worker: Worker
  /** Argument of the function that creates the training; plain JSON (default null). */
  readonly options?: Json
}

const optionsSchema = z.strictObject({
  worker: z.custom<Worker>((value) => typeof (value as Partial<Worker> | null)?.postMessage === 'function', {
    error: "a worker, such as new Worker(new URL('./training.js', import.meta.url), { type: 'module' })",
  }),
  options: sentOptionsSchema,
  ...listenerSchemas,
})

/**
 * Trains in a worker, so that the page stays responsive: the twin of `trainInThread` of Node. On the same backend the losses equal those
 * that `train` gives here.
 *
 * Callbacks run in the page. The training waits for `onEpochEnd` and `onResume`, but not for `onStepEnd`: while the page is busy, all step
 * reports but the newest are dropped. The signal ends the training after the step under way, as in `train`; before the training has
 * begun it ends the worker at once, and its reason is thrown.
 *
 * @throws what the training throws, with the worker's stack as the error's cause; `TRAIN_THREAD` if the module of the worker does not load
 * or throws another error than `FacekpError`; `TRAIN_OPTION`; what a callback throws
 * @example
 * ```ts
 * import { trainInWorker } from '@facekp/trainer/browser'
 *
 * // training.js calls serveTraining.
 * const worker = new Worker(new URL('./training.js', import.meta.url), { type: 'module' })
 * const { history } = await trainInWorker({ worker, options: { epochs: 20 }, onEpoch: console.log })
 * ```
 */
export async function trainInWorker(workerOptions: WorkerOptions): Promise<ThreadResult> {
  checkArgument(KINDS.object, workerOptions, 'workerOptions', 'trainInWorker')
  const { signal } = workerOptions
  const { worker, options } = parseOptions({
    schema: optionsSchema,
    value: workerOptions,
    code: 'TRAIN_OPTION',
    name: 'trainInWorker',
  })
  if (signal?.aborted) {
    worker.terminate()
    throw signal.reason
  }
  return withListeners(workerOptions, (listeners) => {
    let onEnd: () => void = () => undefined
    const port: TrainingPort = {
      post: (message) => worker.postMessage(message),
      releaseStep: () => worker.postMessage('stepDone'),
      terminate: () => onEnd(),
    }
    const { onMessage, fail, abort, getOutcome } = superviseTraining(port, listeners, signal)
    signal?.addEventListener('abort', abort)
    return new Promise<ThreadResult>((resolve, reject) => {
      onEnd = () => {
        signal?.removeEventListener('abort', abort)
        worker.terminate()
        const outcome = getOutcome()
        if (outcome && 'result' in outcome) resolve(outcome.result)
        else if (outcome) reject(outcome.error)
      }
      worker.addEventListener('message', ({ data }: MessageEvent<WorkerMessage>) =>
        onMessage(data).then(() => getOutcome() && onEnd(), fail),
      )
      worker.addEventListener('error', ({ message }) => fail(workerFailedError(message)))
      const start: WorkerStart = { kind: 'start', options }
      worker.postMessage(start)
      // By a listener, before the training began.
      if (signal?.aborted) abort()
    })
  })
}

function workerFailedError(message: string | undefined): FacekpError {
  return new FacekpError({
    code: 'TRAIN_THREAD',
    problem: 'the worker failed before its training was done',
    received: message || 'no message: its module does not load',
    expected: 'a module that loads and calls serveTraining of @facekp/trainer/browser',
  })
}
