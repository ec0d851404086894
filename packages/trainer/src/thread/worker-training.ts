import { parentPort, workerData } from 'node:worker_threads'
import { toPlainError } from '@facekp/core'
import type { TrainingListener } from '../callbacks/training-callback.ts'
import { readVariables } from '../checkpoint/stored-tensors.ts'
import type { StepReport } from '../loop/reports.ts'
import { train } from '../loop/train.ts'
import { modelVariables } from '../weights/model-variables.ts'
import { loadTraining } from './load-training-module.ts'
import { isWorkerStart, type MainMessage, type ThreadResult, type WorkerMessage, type WorkerStart } from './messages.ts'

/** The training, if this thread was started for one; otherwise undefined. */
export const training: Promise<void> | undefined = isWorkerStart(workerData) ? run(workerData) : undefined

async function run(start: WorkerStart): Promise<void> {
  try {
    const result = await runTraining(start)
    const buffers = [...result.tensors.values()].map(({ data }) => data.buffer as ArrayBuffer)
    post({ kind: 'done', result }, buffers)
  } catch (error) {
    post({ kind: 'failed', error: toPlainError(error) })
  }
  // Ends everything that the module opened, such as a pool of workers; its output still arrives.
  process.exit()
}

async function runTraining({ module, options, stepUnderWay }: WorkerStart): Promise<ThreadResult> {
  const main = connectMainThread(new Int32Array(stepUnderWay))
  const trainOptions = await loadTraining(module, options)
  const signals = trainOptions.signal ? [trainOptions.signal, main.signal] : [main.signal]
  post({ kind: 'started' })
  const result = await train({
    ...trainOptions,
    signal: AbortSignal.any(signals),
    callbacks: [...(trainOptions.callbacks ?? []), main.listener],
  })
  main.postLastStep()
  const variables = modelVariables(trainOptions.model)
  const weights = await readVariables(new Map(variables.map((variable, i) => [`weights/${i}`, variable])))
  // Copies: only memory that a tensor has for itself can be transferred, and a backend may keep many weights in one buffer.
  const tensors = [...weights].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }] as const)
  return { ...result, tensors: new Map(tensors) }
}

interface MainThread {
  /** Aborted by the main thread. */
  readonly signal: AbortSignal
  /** Reports to the main thread, and waits for it after epochs. */
  readonly listener: TrainingListener
  /** Posts the report that waits, if there is one. */
  readonly postLastStep: () => void
}

function connectMainThread(stepUnderWay: Int32Array): MainThread {
  const controller = new AbortController()
  let onAck: (() => void) | undefined
  let waitingReport: StepReport | undefined
  parentPort?.on('message', (message: MainMessage) => {
    if (message === 'abort') controller.abort()
    else onAck?.()
  })
  const postLastStep = (): void => {
    if (waitingReport) post({ kind: 'step', report: waitingReport })
    waitingReport = undefined
  }
  const postAndWait = (message: WorkerMessage): Promise<void> => {
    postLastStep()
    return new Promise((resolve) => {
      onAck = resolve
      post(message)
    })
  }
  return {
    signal: controller.signal,
    postLastStep,
    listener: {
      // While the main thread is busy with a report, only the newest one waits.
      onStepEnd(report) {
        waitingReport = report
        if (Atomics.exchange(stepUnderWay, 0, 1) === 0) postLastStep()
      },
      onEpochEnd: (report) => postAndWait({ kind: 'epoch', report }),
      onResume: (history) => postAndWait({ kind: 'resume', history }),
    },
  }
}

function post(message: WorkerMessage, transfer: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, [...transfer])
}
