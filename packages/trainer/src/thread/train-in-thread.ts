import { Worker } from 'node:worker_threads'
import { FacekpError, fromPlainError, type Json, toPlainError } from '@facekp/core'
import { z } from 'zod'
import type { Checkpoint } from '../checkpoint/checkpoint.ts'
import type { TrainOptions, TrainResult } from '../loop/train-options.ts'
import type { Order, Start, Told } from './messages.ts'

export interface ThreadOptions extends Pick<TrainOptions, 'signal' | 'onStep' | 'onEpoch' | 'onResume'> {
  /**
   * The module that makes the training, such as `new URL('./training.js', import.meta.url)`. The thread loads it and calls its
   * default export, `(options) => TrainOptions | Promise<TrainOptions>`, which chooses the backend too.
   */
  readonly module: URL
  /** Handed to that function; plain JSON. Default none. */
  readonly options?: Json
}

/** What `train` gives, and the weights: `restoreWeights(model, result)` puts them into a model of this thread. */
export interface ThreadResult extends TrainResult, Pick<Checkpoint, 'tensors'> {}

const schema = z.object({ module: z.instanceof(URL), options: z.json().default(null) })

/**
 * Trains in a thread of its own, which makes all that it needs: this one stays free for a display, Ctrl-C, a server. On the same
 * backend with as many threads the weights are, bit by bit, those that `train` gives here.
 *
 * Listeners are called here. The thread waits for `onEpoch` and `onResume`, and not for `onStep`: while this thread is busy, steps are
 * left out but for the newest. The signal ends the training after the step under way, as that of `train` does; before
 * the training has begun it ends the thread at once, and its reason is thrown. Whatever the end, the thread is gone then.
 *
 * Throws what the module and `train` throw, with the thread's stack as the error's cause; `TRAIN_MODULE` where the module makes no training;
 * `TRAIN_THREAD` where the thread ends before its training or throws what is no `FacekpError`; `TRAIN_OPTION`; what a listener throws.
 * A crash of a backend's native code ends the whole process, as without a thread.
 *
 * @example
 * ```ts
 * // training.js
 * export default async function ({ epochs }) {
 *   await useBackend('onnx')
 *   return { model: noseNet({ seed: 1 }), train: await noses(), epochs, batchSize: 8, learningRate: 1e-3 }
 * }
 * // the program
 * const result = await trainInThread({ module: new URL('./training.js', import.meta.url), options: { epochs: 20 } })
 * restoreWeights(model, result)
 * ```
 */
export async function trainInThread(given: ThreadOptions): Promise<ThreadResult> {
  const { signal, onStep, onEpoch, onResume } = given
  const { module, options } = check(given)
  signal?.throwIfAborted()
  const stepUnderWay = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
  const workerData: Start = { purpose: 'train', module: module.href, options, stepUnderWay }
  const thread = new Worker(new URL(import.meta.resolve('@facekp/trainer/worker')), { workerData })

  let ending: { readonly result: ThreadResult } | { readonly error: unknown } | undefined
  let begun = false
  const order = (order: Order): void => thread.postMessage(order)
  const fail = (error: unknown): void => {
    ending ??= { error }
    void thread.terminate()
  }
  const hear = async (told: Told): Promise<void> => {
    if (ending) return
    if (told.kind === 'begins') begun = true
    else if (told.kind === 'done') ending = { result: told.result }
    else if (told.kind === 'failed') ending = { error: fromPlainError(told.error, 'TRAIN_THREAD') }
    else if (told.kind === 'step') {
      onStep?.(told.step)
      Atomics.store(new Int32Array(stepUnderWay), 0, 0)
    } else {
      await (told.kind === 'epoch' ? onEpoch?.(told.epoch) : onResume?.(told.history))
      order('heard')
    }
  }
  const stop = (): void => (begun ? order('abort') : fail(signal?.reason))

  signal?.addEventListener('abort', stop)
  return new Promise<ThreadResult>((resolve, reject) => {
    thread.on('message', (told: Told) => hear(told).catch(fail))
    thread.on('error', (error) => {
      ending ??= { error: fromPlainError(toPlainError(error), 'TRAIN_THREAD') }
    })
    thread.on('exit', (code) => {
      signal?.removeEventListener('abort', stop)
      if (ending && 'result' in ending) resolve(ending.result)
      else reject(ending ? ending.error : endedEarly(code))
    })
  })
}

/** Throws `TRAIN_OPTION` naming the option that cannot be used. */
function check(options: ThreadOptions): z.output<typeof schema> {
  const parsed = schema.safeParse(options)
  if (parsed.success) return parsed.data
  const name = parsed.error.issues[0]?.path[0] as keyof typeof schema.shape
  throw new FacekpError({
    code: 'TRAIN_OPTION',
    problem: `option ${name} cannot be used`,
    received: typeof options[name],
    expected: name === 'module' ? "a URL, such as new URL('./training.js', import.meta.url)" : 'plain JSON',
  })
}

function endedEarly(code: number): FacekpError {
  return new FacekpError({
    code: 'TRAIN_THREAD',
    problem: 'the thread ended before its training was done',
    received: `exit code ${code}`,
    expected: 'a module that does not end it',
  })
}
