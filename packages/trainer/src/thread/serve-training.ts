import { checkArgument, FacekpError, type Json, toPlainError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type { TrainOptions } from '../loop/train-options.ts'
import { isWorkerStart, type MainMessage, type WorkerMessage } from './messages.ts'
import { listBuffers, type MainPort, runTraining } from './run-training.ts'

/** The part of a worker's global scope that is used; the types of pages do not have it. */
interface WorkerScope {
  postMessage(message: WorkerMessage, transfer: readonly ArrayBuffer[]): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
}

/**
 * Trains in the worker of a page when {@link trainInWorker} of the page asks for it. Call it once, in the module of the worker.
 *
 * @param createTraining creates the options of `train` from the options of `trainInWorker`; selects the backend too
 * @example
 * ```ts
 * import { useBackend } from '@facekp/backend'
 * import { serveTraining } from '@facekp/trainer/browser'
 *
 * serveTraining(async ({ epochs }) => {
 *   await useBackend()
 *   return { model, train: faces, epochs, batchSize: 4, learningRate: 1e-4 }
 * })
 * ```
 */
export function serveTraining<Options extends Json>(
  createTraining: (options: Options) => TrainOptions | Promise<TrainOptions>,
): void {
  checkArgument(KINDS.function, createTraining, 'createTraining', 'serveTraining')
  const scope = globalThis as unknown as WorkerScope
  if (typeof scope.addEventListener !== 'function') throw noWorkerError()
  const post = (message: WorkerMessage, transfer: readonly ArrayBuffer[] = []): void =>
    scope.postMessage(message, transfer)
  scope.addEventListener('message', async ({ data }) => {
    if (!isWorkerStart(data)) return
    try {
      const result = await runTraining(createMainPort(scope, post), () => createTraining(data.options as Options))
      post({ kind: 'done', result }, listBuffers(result))
    } catch (error) {
      post({ kind: 'failed', error: toPlainError(error) })
    }
  })
}

function noWorkerError(): FacekpError {
  return new FacekpError({
    code: 'TRAIN_WORKER',
    problem: 'serveTraining was called outside of a web worker',
    expected: 'a module that trainInWorker starts; trainInThread starts threads of Node',
  })
}

function createMainPort(scope: WorkerScope, post: MainPort['post']): MainPort {
  // Shared memory would need a page that is cross-origin isolated. The training yields often enough for messages.
  let isStepUnderWay = false
  return {
    post,
    listen(onMessage) {
      scope.addEventListener('message', ({ data }) => {
        if (data === 'stepDone') isStepUnderWay = false
        onMessage(data as MainMessage)
      })
    },
    claimStep() {
      const isFree = !isStepUnderWay
      isStepUnderWay = true
      return isFree
    },
  }
}
