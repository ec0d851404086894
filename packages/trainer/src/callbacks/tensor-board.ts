import { appendFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { EpochReport, StepReport } from '../loop/train-options.ts'
import { encodeEvent, type TensorBoardEvent } from './tensor-board/event.ts'
import { encodeRecord } from './tensor-board/record.ts'

/** Tells TensorBoard of a training: what `train` takes as `onStep` and `onEpoch`. */
export interface TensorBoardWriter {
  readonly onStep: (step: StepReport) => void
  readonly onEpoch: (epoch: EpochReport) => void
}

const NAME = /^events\.out\.tfevents\.(\d+)\./

/**
 * Writes event files that TensorBoard reads, `events.out.tfevents.*`, into a folder, which is made. Scalars are told by the steps done:
 * after each step `step/loss`, `step/learningRate` and `step/gradientNorm`; after each epoch `epoch/trainLoss`, `epoch/gradientNorm`,
 * `epoch/valLoss` and `epoch/valErrorPx`, as far as they are known.
 *
 * Each run writes a file of its own, from the first step that it is told of; TensorBoard forgets what earlier files tell of that
 * step and later ones. So a resumed training goes on where its checkpoint stands, and one begun anew takes the place of the one before.
 *
 * @example
 * ```ts
 * const { onStep, onEpoch } = tensorBoardWriter('run')
 * await train({ ...settings, onStep, onEpoch }) // tensorboard --logdir run
 * ```
 */
export function tensorBoardWriter(folder: string): TensorBoardWriter {
  let file: string | undefined
  const write = (event: Omit<TensorBoardEvent, 'wallTime'>): void => {
    const bytes = encodeRecord(encodeEvent({ wallTime: Date.now() / 1000, ...event }))
    appendFileSync(file as string, bytes)
  }
  const tell = (step: number, scalars: Readonly<Record<string, number>>): void => {
    if (!file) {
      file = newFile(folder)
      write({ fileVersion: 'brain.Event:2' })
      write({ step, isStart: true })
    }
    write({ step, scalars })
  }
  return {
    onStep: ({ step, loss, learningRate, gradientNorm }) =>
      tell(step, { 'step/loss': loss, 'step/learningRate': learningRate, 'step/gradientNorm': gradientNorm }),
    onEpoch({ step, trainLoss, gradientNorm, valLoss, valErrorPx }) {
      const figures = { trainLoss, gradientNorm, valLoss, valErrorPx }
      const known = Object.entries(figures).flatMap(([name, value]) =>
        value === undefined ? [] : [[`epoch/${name}`, value]],
      )
      tell(step, Object.fromEntries(known))
    },
  }
}

/** TensorBoard reads files in the order of their names, which hold the time in seconds: later than all that are there. */
function newFile(folder: string): string {
  mkdirSync(folder, { recursive: true })
  const times = readdirSync(folder).map((name) => Number(NAME.exec(name)?.[1] ?? 0))
  const time = Math.max(Math.floor(Date.now() / 1000), ...times.map((other) => other + 1))
  const file = join(folder, `events.out.tfevents.${String(time).padStart(10, '0')}.${hostname()}`)
  writeFileSync(file, '', { flag: 'wx' })
  return file
}
