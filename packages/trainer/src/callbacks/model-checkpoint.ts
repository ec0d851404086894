import { checkArgument, FacekpError, type Json, optionsKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { checkFinite } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import manifest from '../../package.json' with { type: 'json' }
import type { Checkpoint, CheckpointStore } from '../checkpoint/checkpoint.ts'
import { assignStored, readVariables } from '../checkpoint/stored-tensors.ts'
import { dependsOnSteps } from '../schedules/learning-rate-at.ts'
import { FINITE_FIX } from '../weights/finite-fix.ts'
import { modelVariables } from '../weights/model-variables.ts'
import type { TrainingCallback, TrainingContext } from './training-callback.ts'

const MODEL_CHECKPOINT_OPTIONS = optionsKind({ resume: KINDS.boolean })

/**
 * Saves checkpoints: as often as the store says, after the best and the last epoch, and when the training is stopped. With
 * `resume` the training goes on from the newest one.
 *
 * @param store where checkpoints are kept, such as `checkpointFolder('run/checkpoints')` of `@facekp/trainer/node`
 * @param options.resume whether to go on from the newest checkpoint, if there is one (default false)
 *
 * @throws when training begins, `CHECKPOINT_EXISTS` if there is a checkpoint and `resume` is false, `CHECKPOINT_MISMATCH` if the checkpoint
 * is of another training, `LOCKED` if another training uses the store
 *
 * @example
 * ```ts
 * import { modelCheckpoint, type TrainOptions, train } from '@facekp/trainer'
 * import { checkpointFolder } from '@facekp/trainer/node'
 *
 * export function trainWithCheckpoints(options: TrainOptions) {
 *   return train({ ...options, callbacks: [modelCheckpoint(checkpointFolder('run/checkpoints'), { resume: true })] })
 * }
 * ```
 */
export function modelCheckpoint(
  store: CheckpointStore,
  options: { readonly resume?: boolean | undefined } = {},
): TrainingCallback {
  checkArgument(KINDS.object, store, 'store', 'modelCheckpoint')
  checkArgument(MODEL_CHECKPOINT_OPTIONS, options, 'options', 'modelCheckpoint')
  const { resume = false } = options
  let lock: Awaited<ReturnType<NonNullable<CheckpointStore['lock']>>> | undefined
  let saved: { readonly step: number; readonly epochs: number } | undefined
  const save = async (training: TrainingContext): Promise<void> => {
    const { state } = training
    await store.save(await createCheckpoint(training))
    saved = { step: state.step, epochs: state.history.length }
  }
  return {
    stage: 'checkpoint',
    async onTrainBegin(training) {
      saved = undefined
      lock = await store.lock?.()
      const checkpoint = await store.latest()
      if (!checkpoint) return
      if (!resume) throw checkpointExistsError(checkpoint)
      restoreTraining(training, checkpoint)
      saved = { step: training.state.step, epochs: training.state.history.length }
    },
    async onStepEnd({ step }, training) {
      const isWithinEpoch = training.state.epoch.step < training.stepsPerEpoch
      if (isWithinEpoch && store.everySteps && step % store.everySteps === 0) await save(training)
    },
    async onEpochEnd({ step }, training) {
      const isDue = store.everySteps === undefined || step % store.everySteps === 0
      const isLast = training.state.history.length === training.epochs
      if (isDue || isLast || training.state.best?.step === step) await save(training)
    },
    async onStop(_, training) {
      const { step, history } = training.state
      if (saved?.step !== step || saved.epochs !== history.length) await save(training)
    },
    dispose() {
      lock?.release()
      lock = undefined
    },
  }
}

/** Creates the error of a training that would overwrite checkpoints. */
export function checkpointExistsError({ state }: Checkpoint): FacekpError {
  return new FacekpError({
    code: 'CHECKPOINT_EXISTS',
    problem: 'there already are checkpoints of a training',
    received: `a checkpoint after ${state.step} steps`,
    expected: 'resume: true to go on from it, or an empty folder for a new training',
  })
}

async function createCheckpoint(training: TrainingContext): Promise<Checkpoint> {
  const { model, optimizer, settings, state } = training
  const tensors = await readVariables(collectVariables(training))
  const place = `after step ${state.step}: the checkpoint is not saved`
  checkFinite(
    [...tensors].map(([name, { data }]) => [nameTensor(model, name), data]),
    { place, fix: FINITE_FIX },
  )
  return {
    state: {
      format: 1,
      versions: { trainer: manifest.version, tfjs: tf.version_core },
      backend: tf.getBackend(),
      settings,
      weights: model.weights.map(({ name }) => name),
      ...state.getPosition(),
      optimizerSteps: optimizer.steps,
    },
    tensors,
  }
}

/** Names a tensor of a checkpoint, such as `weights/3`, by the weight that it belongs to. */
function nameTensor(model: tfl.LayersModel, name: string): string {
  const weight = name.startsWith('weights/') ? model.weights[Number(name.slice('weights/'.length))] : undefined
  return weight ? `weight ${weight.name}` : `tensor ${name} of the checkpoint`
}

/** Sets position, weights and optimizer of a training to those of a checkpoint. */
function restoreTraining(training: TrainingContext, { state, tensors }: Checkpoint): void {
  checkSameSettings(state.settings, training.settings)
  assignStored(collectVariables(training), tensors)
  training.state.setPosition(state)
  training.optimizer.steps = state.optimizerSteps
}

/** Collects all variables that the rest of the training depends on, by their names in a checkpoint. */
function collectVariables(training: TrainingContext): ReadonlyMap<string, tf.Variable> {
  const { model, variables, optimizer, checkpointVariables } = training
  const collected = new Map<string, tf.Variable>()
  for (const [i, variable] of modelVariables(model).entries()) collected.set(`weights/${i}`, variable)
  for (const [i, variable] of variables.entries()) {
    for (const [name, slot] of Object.entries(optimizer.getState(variable)))
      collected.set(`optimizer/${name}/${i}`, slot)
  }
  for (const [prefix, group] of checkpointVariables) {
    for (const [i, variable] of group.entries()) collected.set(`${prefix}/${i}`, variable)
  }
  return collected
}

/**
 * Throws `CHECKPOINT_MISMATCH` naming the first setting that differs. The number of epochs may differ unless the learning rate
 * depends on it.
 */
function checkSameSettings(before: TrainingContext['settings'], settings: TrainingContext['settings']): void {
  for (const name of Object.keys({ ...before, ...settings })) {
    const expected = JSON.stringify(before[name])
    const received = JSON.stringify(settings[name])
    // A loss that is no plain settings cannot be compared.
    if (expected === received || (name === 'loss' && !(expected && received))) continue
    if (name === 'epochs' && mayTrainLonger(settings['learningRate'])) continue
    const reason = name === 'epochs' ? ', on which its learning rate depends' : ''
    throw new FacekpError({
      code: 'CHECKPOINT_MISMATCH',
      problem: `the checkpoint belongs to a training with another value of ${name}`,
      received: received ?? 'none',
      expected: `${expected ?? 'none'}${reason}; or a folder for the checkpoints of this training`,
    })
  }
}

/** Tests whether a resumed training may have another number of epochs than it began with. */
function mayTrainLonger(learningRate: Json | undefined): boolean {
  if (typeof learningRate === 'number') return true
  return typeof learningRate === 'object' && !dependsOnSteps(learningRate)
}
