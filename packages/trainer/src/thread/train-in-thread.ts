import { SHARE_ENV, Worker } from 'node:worker_threads'
import { checkArgument, FacekpError, fromPlainError, type Json, toPlainError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { parseOptions } from '@facekp/options'
import * as z from 'zod/mini'
import type { TrainingListener } from '../callbacks/training-callback.ts'
import type { ThreadResult, ThreadStart, WorkerMessage } from './messages.ts'
import { sentOptionsSchema } from './sent-options.ts'
import {
  type ListenerOptions,
  listenerSchemas,
  superviseTraining,
  type TrainingPort,
  withListeners,
} from './supervise-training.ts'

export interface ThreadOptions extends ListenerOptions {
  /**
   * URL of the module that creates the training, such as `new URL('./training.js', import.meta.url)`. The thread loads it and calls its
   * default export, `(options) => TrainOptions | Promise<TrainOptions>`, which selects the backend too.
   */
  readonly module: URL
  /** Argument of that function; plain JSON (default null). */
  readonly options?: Json
}

export type { ThreadResult } from './messages.ts'

const optionsSchema = z.strictObject({
  module: z.instanceof(URL, { error: "a URL, such as new URL('./training.js', import.meta.url)" }),
  options: sentOptionsSchema,
  ...listenerSchemas,
})

/**
 * Trains in a separate thread, so that the calling thread stays responsive for a display, Ctrl-C or a server. On the same backend with
 * the same number of threads the weights equal, bit by bit, those that `train` gives here.
 *
 * Callbacks run in this thread. The training waits for `onEpochEnd` and `onResume`, but not for `onStepEnd`: while this thread is
 * busy, all step reports but the newest are dropped. The signal ends the training after the step under way, as in `train`; before the
 * training has begun it ends the thread at once, and its reason is thrown. The thread always ends with the training.
 *
 * @throws what the module and `train` throw, with the thread's stack as the error's cause; `TRAIN_MODULE` if the module creates no
 * training; `TRAIN_THREAD` if the thread ends early or throws another error than `FacekpError`; `TRAIN_OPTION`; what a callback
 * throws. A crash of a backend's native code ends the process, as without a thread.
 *
 * @example
 * ```ts
 * import { progressBar, trainInThread } from '@facekp/trainer/node'
 *
 * // training.js exports a default function that returns the options of train.
 * const module = new URL('./training.js', import.meta.url)
 * const { history } = await trainInThread({ module, options: { epochs: 20 }, callbacks: [progressBar()] })
 * console.log(history.at(-1))
 * ```
 */
export async function trainInThread(threadOptions: ThreadOptions): Promise<ThreadResult> {
  checkArgument(KINDS.object, threadOptions, 'threadOptions', 'trainInThread')
  const { signal } = threadOptions
  const { module, options } = parseOptions({
    schema: optionsSchema,
    value: threadOptions,
    code: 'TRAIN_OPTION',
    name: 'trainInThread',
  })
  signal?.throwIfAborted()
  return withListeners(threadOptions, (listeners) => runThread({ module: module.href, options, signal, listeners }))
}

interface ThreadRun {
  readonly module: string
  readonly options: Json
  readonly signal: AbortSignal | undefined
  readonly listeners: readonly TrainingListener[]
}

function runThread({ module, options, signal, listeners }: ThreadRun): Promise<ThreadResult> {
  const stepUnderWay = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
  const workerData: ThreadStart = { purpose: 'train', module, options, stepUnderWay }
  // Backends set variables that native code reads from the environment of the process.
  const thread = new Worker(new URL(import.meta.resolve('@facekp/trainer/worker')), { workerData, env: SHARE_ENV })
  const port: TrainingPort = {
    post: (message) => thread.postMessage(message),
    releaseStep: () => void Atomics.store(new Int32Array(stepUnderWay), 0, 0),
    terminate: () => void thread.terminate(),
  }
  const { onMessage, fail, abort, settle } = superviseTraining(port, listeners, signal)
  signal?.addEventListener('abort', abort)
  // By a listener, before the training began.
  if (signal?.aborted) abort()
  return new Promise<ThreadResult>((resolve, reject) => {
    thread.on('message', (message: WorkerMessage) => onMessage(message).catch(fail))
    thread.on('error', (error) => fail(fromPlainError(toPlainError(error), 'TRAIN_THREAD')))
    thread.on('exit', async (code) => {
      signal?.removeEventListener('abort', abort)
      const outcome = await settle()
      if (outcome && 'result' in outcome) resolve(outcome.result)
      else reject(outcome ? outcome.error : threadEndedError(code))
    })
  })
}

function threadEndedError(code: number): FacekpError {
  return new FacekpError({
    code: 'TRAIN_THREAD',
    problem: 'the thread ended before its training was done',
    received: `exit code ${code}`,
    expected: 'a module that does not end the process',
  })
}
