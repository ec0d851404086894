import { FacekpError } from '@facekp/core'
import type * as tf from '@tensorflow/tfjs'
import { holdsCenters } from './heads/centers.ts'

/** The stage that a layer belongs to: its name up to the first dot, such as `layer1` of `layer1.0.conv1`. */
function stageOf(layer: tf.layers.Layer): string {
  return layer.name.split('.')[0] as string
}

/**
 * The stages of a model that have weights to learn, in their order: `conv1`, `bn1`, `layer1` ... `layer4`, `fc` of a residual network; of
 * others each layer is one.
 */
export function listStages(model: tf.LayersModel): string[] {
  const learnt = model.layers.filter(({ name, weights }) => weights.length > 0 && !holdsCenters(name))
  return [...new Set(learnt.map(stageOf))]
}

/**
 * Keeps the weights of stages as they are in training; batch normalization in the networks of {@link resNet} then uses its running
 * statistics and leaves them. Without stages, all of them.
 *
 * Throws `MODEL_STAGE` naming a stage that the model does not have, before anything is changed.
 *
 * @example
 * ```ts
 * freeze(model, ['conv1', 'bn1', 'layer1'])
 * ```
 */
export function freeze(model: tf.LayersModel, stages: readonly string[] = listStages(model)): void {
  setTrainable(model, stages, false)
}

/** Lets the weights of stages be trained again. As {@link freeze}. */
export function unfreeze(model: tf.LayersModel, stages: readonly string[] = listStages(model)): void {
  setTrainable(model, stages, true)
}

function setTrainable(model: tf.LayersModel, stages: readonly string[], trainable: boolean): void {
  const known = listStages(model)
  const strange = stages.find((stage) => !known.includes(stage))
  if (strange !== undefined) {
    throw new FacekpError({
      code: 'MODEL_STAGE',
      problem: 'the model has no such stage',
      received: strange,
      expected: `one of ${known.join(', ')}`,
    })
  }
  for (const layer of model.layers) if (stages.includes(stageOf(layer))) layer.trainable = trainable
}
