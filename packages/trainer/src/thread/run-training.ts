import type { TrainingListener } from '../callbacks/training-callback.ts'
import { readVariables } from '../checkpoint/stored-tensors.ts'
import type { StepReport } from '../loop/reports.ts'
import { train } from '../loop/train.ts'
import type { TrainOptions } from '../loop/train-options.ts'
import { modelVariables } from '../weights/model-variables.ts'
import type { MainMessage, ThreadResult, WorkerMessage } from './messages.ts'

/** Connection of the thread that trains to the main thread. */
export interface MainPort {
  post(message: WorkerMessage): void
  listen(onMessage: (message: MainMessage) => void): void
  /** Claims the place of the one step report that may be under way; false if it is taken. */
  claimStep(): boolean
}

/** Trains in this thread and reports to the main thread. Returns the result with copies of the weights. */
export async function runTraining(
  port: MainPort,
  createOptions: () => TrainOptions | Promise<TrainOptions>,
): Promise<ThreadResult> {
  const main = connectMainThread(port)
  const trainOptions = await createOptions()
  const signals = trainOptions.signal ? [trainOptions.signal, main.signal] : [main.signal]
  port.post({ kind: 'started' })
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
  const state = { weights: trainOptions.model.weights.map(({ name }) => name) }
  return { ...result, tensors: new Map(tensors), state }
}

/** Lists the memory of a result's weights, to be transferred. */
export function listBuffers({ tensors }: ThreadResult): ArrayBuffer[] {
  return [...tensors.values()].map(({ data }) => data.buffer as ArrayBuffer)
}

interface MainThread {
  /** Aborted by the main thread. */
  readonly signal: AbortSignal
  /** Reports to the main thread, and waits for it after epochs. */
  readonly listener: TrainingListener
  /** Posts the report that waits, if there is one. */
  readonly postLastStep: () => void
}

function connectMainThread(port: MainPort): MainThread {
  const controller = new AbortController()
  let onAck: (() => void) | undefined
  let waitingReport: StepReport | undefined
  port.listen((message) => {
    if (message === 'abort') controller.abort()
    else if (message === 'ack') onAck?.()
  })
  const postLastStep = (): void => {
    if (waitingReport) port.post({ kind: 'step', report: waitingReport })
    waitingReport = undefined
  }
  const postAndWait = (message: WorkerMessage): Promise<void> => {
    postLastStep()
    return new Promise((resolve) => {
      onAck = resolve
      port.post(message)
    })
  }
  return {
    signal: controller.signal,
    postLastStep,
    listener: {
      // While the main thread is busy with a report, only the newest one waits.
      onStepEnd(report) {
        waitingReport = report
        if (port.claimStep()) postLastStep()
      },
      onEpochEnd: (report) => postAndWait({ kind: 'epoch', report }),
      onResume: (history) => postAndWait({ kind: 'resume', history }),
    },
  }
}
