import { parentPort, workerData } from 'node:worker_threads'
import { toPlainError } from '@facekp/core'
import { loadTraining } from './load-training-module.ts'
import { isThreadStart, type MainMessage, type ThreadStart, type WorkerMessage } from './messages.ts'
import { listBuffers, type MainPort, runTraining } from './run-training.ts'

/** The training, if this thread was started for one; otherwise undefined. */
export const training: Promise<void> | undefined = isThreadStart(workerData) ? run(workerData) : undefined

async function run({ module, options, stepUnderWay }: ThreadStart): Promise<void> {
  try {
    const port = createMainPort(new Int32Array(stepUnderWay))
    const result = await runTraining(port, () => loadTraining(module, options))
    post({ kind: 'done', result }, listBuffers(result))
  } catch (error) {
    post({ kind: 'failed', error: toPlainError(error) })
  }
  // Ends everything that the module opened, such as a pool of workers; its output still arrives.
  process.exit()
}

function createMainPort(stepUnderWay: Int32Array): MainPort {
  return {
    post,
    listen: (onMessage) => void parentPort?.on('message', (message: MainMessage) => onMessage(message)),
    claimStep: () => Atomics.exchange(stepUnderWay, 0, 1) === 0,
  }
}

function post(message: WorkerMessage, transfer: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, [...transfer])
}
