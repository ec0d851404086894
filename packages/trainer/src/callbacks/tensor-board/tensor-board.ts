import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { notWrittenError } from '@facekp/files'
import type { TrainingListener } from '../training-callback.ts'
import { encodeEvent, type TensorBoardEvent } from './event.ts'
import { encodeRecord } from './record.ts'

const NAME = /^events\.out\.tfevents\.(\d+)\./

/**
 * Writes event files for TensorBoard, `events.out.tfevents.*`, into a folder, which is created if it is missing. The scalars stand at
 * the number of steps done: after each step `step/loss`, `step/learningRate` and `step/gradientNorm`; after each epoch
 * `epoch/trainLoss`, `epoch/gradientNorm`, `epoch/valLoss` and `epoch/valErrorPx`, as far as they were measured.
 *
 * Each run writes its own file, which replaces what earlier files of the folder hold from its first step on. A resumed training
 * continues the curves; a new training replaces them.
 *
 * @throws in training, `FILE_NOT_WRITTEN` if the folder or file cannot be written
 *
 * @example
 * ```ts
 * import { type TrainOptions, train } from '@facekp/trainer'
 * import { tensorBoard } from '@facekp/trainer/node'
 *
 * // Then: tensorboard --logdir run
 * export const trainWithCurves = (options: TrainOptions) => train({ ...options, callbacks: [tensorBoard('run')] })
 * ```
 */
export function tensorBoard(folder: string): TrainingListener {
  checkArgument(KINDS.path, folder, 'folder', 'tensorBoard')
  let file: string | undefined
  const write = (event: Omit<TensorBoardEvent, 'wallTime'>): void => {
    const bytes = encodeRecord(encodeEvent({ wallTime: Date.now() / 1000, ...event }))
    tryToWrite(file as string, () => appendFileSync(file as string, bytes))
  }
  const writeScalars = (step: number, scalars: Readonly<Record<string, number>>): void => {
    if (!file) {
      file = tryToWrite(folder, () => createEventFile(folder))
      write({ fileVersion: 'brain.Event:2' })
      write({ step, isStart: true })
    }
    write({ step, scalars })
  }
  return {
    onTrainBegin() {
      file = undefined
    },
    onStepEnd: ({ step, loss, learningRate, gradientNorm }) =>
      writeScalars(step, { 'step/loss': loss, 'step/learningRate': learningRate, 'step/gradientNorm': gradientNorm }),
    onEpochEnd({ step, trainLoss, gradientNorm, valLoss, valErrorPx }) {
      const metrics = Object.entries({ trainLoss, gradientNorm, valLoss, valErrorPx })
      const measured = metrics.flatMap(([name, value]) => (value === undefined ? [] : [[`epoch/${name}`, value]]))
      writeScalars(step, Object.fromEntries(measured))
    },
  }
}

function tryToWrite<Result>(path: string, write: () => Result): Result {
  try {
    return write()
  } catch (cause) {
    throw notWrittenError(path, cause)
  }
}

/** Creates the event file. TensorBoard reads files in the order of the times in their names, so this time is the latest. */
function createEventFile(folder: string): string {
  mkdirSync(folder, { recursive: true })
  const times = readdirSync(folder).map((name) => Number(NAME.exec(name)?.[1] ?? 0))
  const time = Math.max(Math.floor(Date.now() / 1000), ...times.map((other) => other + 1))
  const file = join(folder, `events.out.tfevents.${String(time).padStart(10, '0')}.${hostname()}`)
  writeFileSync(file, '', { flag: 'wx' })
  return file
}
