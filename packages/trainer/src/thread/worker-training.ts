import { parentPort, workerData } from 'node:worker_threads'
import { toPlainError } from '@facekp/core'
import { readVariables } from '../checkpoint/stored-tensors.ts'
import { train } from '../loop/train.ts'
import type { StepReport } from '../loop/train-options.ts'
import { variableOf } from '../weights/get-variable.ts'
import { trainingFrom } from './load-training-module.ts'
import { isStart, type Order, type Start, type Told } from './messages.ts'
import type { ThreadResult } from './train-in-thread.ts'

/** The training, in a thread that was started for one; else undefined. */
export const training: Promise<void> | undefined = isStart(workerData) ? run(workerData) : undefined

async function run(start: Start): Promise<void> {
  try {
    const result = await trained(start)
    const buffers = [...result.tensors.values()].map(({ data }) => data.buffer as ArrayBuffer)
    tell({ kind: 'done', result }, buffers)
  } catch (error) {
    tell({ kind: 'failed', error: toPlainError(error) })
  }
  // What the module has opened, such as a pool of workers, ends with the thread; what it has printed is still told.
  process.exit()
}

async function trained({ module, options, stepUnderWay }: Start): Promise<ThreadResult> {
  const main = mainThread(new Int32Array(stepUnderWay))
  const own = await trainingFrom(module, options)
  const signals = own.signal ? [own.signal, main.signal] : [main.signal]
  tell({ kind: 'begins' })
  const result = await train({
    ...own,
    signal: AbortSignal.any(signals),
    onStep(step) {
      own.onStep?.(step)
      main.step(step)
    },
    async onEpoch(epoch) {
      await own.onEpoch?.(epoch)
      await main.hears({ kind: 'epoch', epoch })
    },
    async onResume(history) {
      await own.onResume?.(history)
      await main.hears({ kind: 'resume', history })
    },
  })
  main.lastStep()
  const weights = await readVariables(
    new Map(own.model.weights.map((weight, i) => [`weights/${i}`, variableOf(weight)])),
  )
  // Copies, each in memory of its own, which alone can be handed over: a backend may keep many weights in one.
  const tensors = [...weights].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }] as const)
  return { ...result, tensors: new Map(tensors) }
}

/** The main thread, as the training sees it. */
function mainThread(stepUnderWay: Int32Array) {
  const controller = new AbortController()
  let heard: (() => void) | undefined
  let waiting: StepReport | undefined
  parentPort?.on('message', (order: Order) => {
    if (order === 'abort') controller.abort()
    else heard?.()
  })
  const lastStep = (): void => {
    if (waiting) tell({ kind: 'step', step: waiting })
    waiting = undefined
  }
  return {
    /** Aborted by the main thread's. */
    signal: controller.signal,
    /** Tells of a step as soon as the one before has been heard; of those that wait, the newest is told. */
    step(step: StepReport): void {
      waiting = step
      if (Atomics.exchange(stepUnderWay, 0, 1) === 0) lastStep()
    },
    /** Tells of the step that waits. */
    lastStep,
    /** Tells, and waits until the main thread is done with it. */
    hears(told: Told): Promise<void> {
      lastStep()
      return new Promise((resolve) => {
        heard = resolve
        tell(told)
      })
    },
  }
}

function tell(told: Told, buffers: readonly ArrayBuffer[] = []): void {
  parentPort?.postMessage(told, [...buffers])
}
