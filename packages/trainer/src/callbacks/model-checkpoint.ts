import { FacekpError } from '@facekp/core'
import * as tf from '@tensorflow/tfjs'
import manifest from '../../package.json' with { type: 'json' }
import type { Checkpoint } from '../checkpoint/checkpoint.ts'
import type { TrainingState } from '../checkpoint/checkpoint-state.ts'
import { assignStored, readVariables } from '../checkpoint/stored-tensors.ts'
import type { TrainOptions } from '../loop/train-options.ts'
import type { Settings } from '../loop/training-config.ts'
import type { Progress } from '../loop/training-state.ts'
import type { Optimizer } from '../optimizers/optimizer.ts'
import type { Schedule } from '../schedules/schedule.ts'
import { variableOf } from '../weights/get-variable.ts'
import type { KeptWeights } from '../weights/kept-weights.ts'
import type { WeightAverage } from '../weights/weight-ema.ts'

/** When a training keeps a checkpoint, and how it goes on from one. Without a store each does nothing. */
export interface TrainingCheckpoints {
  /** Puts the training where its newest checkpoint stands, if it is to go on from one. */
  readonly resume: () => Promise<void>
  /** Within an epoch. */
  readonly afterStep: () => Promise<void>
  /** Once the epoch is in the history. */
  readonly afterEpoch: () => Promise<void>
  /** Where the training is stopped. */
  readonly atStop: () => Promise<void>
}

/** A training as far as its checkpoints hold it. */
interface Training {
  readonly settings: Settings
  /** What is trained. */
  readonly variables: readonly tf.Variable[]
  readonly optimizer: Optimizer
  readonly average: WeightAverage | undefined
  /** The weights of the best epoch, where they are kept. */
  readonly best: KeptWeights | undefined
  readonly now: Progress
}

export function trainingCheckpoints(
  { model, train, checkpoints: store, resume }: Pick<TrainOptions, 'model' | 'train' | 'checkpoints' | 'resume'>,
  {
    settings: { learningRate, loss, timeLimitSeconds, tensorLeakLimit, ...others },
    variables,
    optimizer,
    average,
    best,
    now,
  }: Training,
): TrainingCheckpoints {
  /** What must be the same where it goes on; a function cannot be compared. */
  const settings = JSON.parse(
    JSON.stringify({
      ...others,
      learningRate: typeof learningRate === 'function' ? 'a function' : learningRate,
      loss: typeof loss === 'function' ? undefined : loss,
      samples: train.length,
    }),
  ) as TrainingState['settings']

  /** All numbers that the training's end follows from. */
  const held = (): ReadonlyMap<string, tf.Variable> =>
    new Map([
      ...model.weights.map((weight, i): [string, tf.Variable] => [`weights/${i}`, variableOf(weight)]),
      ...variables.flatMap((variable, i) =>
        Object.entries(optimizer.getState(variable)).map(([name, memory]): [string, tf.Variable] => [
          `optimizer/${name}/${i}`,
          memory,
        ]),
      ),
      ...(average?.variables.map((variable, i): [string, tf.Variable] => [`average/${i}`, variable]) ?? []),
      ...(best?.variables.map((variable, i): [string, tf.Variable] => [`best/${i}`, variable]) ?? []),
    ])

  const save = async (): Promise<void> => {
    const { epoch, history, ...rest } = now
    await store?.save({
      state: {
        format: 1,
        versions: { trainer: manifest.version, tfjs: tf.version.tfjs },
        backend: tf.getBackend(),
        settings,
        weights: model.weights.map(({ name }) => name),
        ...rest,
        optimizerSteps: optimizer.steps,
        epoch: { ...epoch },
        history: [...history],
      },
      tensors: await readVariables(held()),
    })
    saved = { step: now.step, epochs: history.length }
  }
  let saved: { readonly step: number; readonly epochs: number } | undefined

  return {
    async resume() {
      const found = await store?.latest()
      if (!found) return
      if (!resume) throw alreadyThere(found)
      checkSame(found.state.settings, settings)
      assignStored(held(), found.tensors)
      const { step, images, seconds, epoch, history, best, optimizerSteps } = found.state
      Object.assign(now, { step, images, seconds, epoch: { ...epoch }, history: [...history], best })
      optimizer.steps = optimizerSteps
      saved = { step, epochs: history.length }
    },
    async afterStep() {
      if (store?.everySteps && now.step % store.everySteps === 0) await save()
    },
    async afterEpoch() {
      if (!store) return
      const due = store.everySteps === undefined || now.step % store.everySteps === 0
      if (due || now.best?.step === now.step || now.history.length === others.epochs) await save()
    },
    async atStop() {
      if (store && (saved?.step !== now.step || saved.epochs !== now.history.length)) await save()
    },
  }
}

/** The kinds of learning rates that follow from how many steps there are in all. */
const OF_ALL_STEPS: ReadonlySet<unknown> = new Set<Schedule['kind']>(['cosine', 'oneCycle'])

/** Whether a training goes on the same where it is to have another number of epochs. */
function isOfAnyLength(learningRate: unknown): boolean {
  if (typeof learningRate === 'number') return true
  return typeof learningRate === 'object' && !OF_ALL_STEPS.has((learningRate as Schedule | null)?.kind)
}

/**
 * Throws `CHECKPOINT_MISMATCH` naming the first setting that is another one than it was. Epochs may be more or fewer where no learning rate
 * follows from their number.
 */
function checkSame(before: TrainingState['settings'], settings: TrainingState['settings']): void {
  for (const name of Object.keys({ ...before, ...settings })) {
    const [was, is] = [JSON.stringify(before[name]), JSON.stringify(settings[name])]
    // A loss that is a function cannot be compared.
    if (was === is || (name === 'loss' && !(was && is))) continue
    if (name === 'epochs' && isOfAnyLength(settings['learningRate'])) continue
    throw new FacekpError({
      code: 'CHECKPOINT_MISMATCH',
      problem: `the checkpoint is of a training with another ${name}`,
      received: is ?? 'none',
      expected: `${was ?? 'none'}, or checkpoints of another folder`,
    })
  }
}

export function alreadyThere({ state }: Checkpoint): FacekpError {
  return new FacekpError({
    code: 'CHECKPOINT_EXISTS',
    problem: 'there are checkpoints of a training',
    received: `one after ${state.step} steps`,
    expected: 'resume: true to go on from it, or an empty place for a new training',
  })
}
