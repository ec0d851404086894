import { checkArgument, FacekpError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type * as tfl from '@tensorflow/tfjs-layers'
import { isDecoderConstant } from '../heads/decoder-constants.ts'

/** Gets the stage that a layer belongs to: its name up to the first dot, such as `layer1` of `layer1.0.conv1`. */
function getStage(layer: tfl.layers.Layer): string {
  return layer.name.split('.')[0] as string
}

/**
 * Lists the stages of a model that have weights to train, in order.
 *
 * @returns `conv1`, `bn1`, `layer1` ... `layer4`, `fc` for a residual network; other networks have one stage per layer
 */
export function listStages(model: tfl.LayersModel): string[] {
  checkArgument(KINDS.model, model, 'model', 'listStages')
  const layers = model.layers.filter(({ name, weights }) => weights.length > 0 && !isDecoderConstant(name))
  return [...new Set(layers.map(getStage))]
}

/**
 * Freezes stages: training does not change their weights.
 *
 * Frozen batch normalizations in the networks of {@link resNet} normalize by their running statistics and do not change them.
 *
 * @param stages names of {@link listStages} (default: all)
 * @throws FacekpError `MODEL_STAGE` naming a stage that the model does not have; nothing is changed
 *
 * @example
 * ```ts
 * freeze(model, ['conv1', 'bn1', 'layer1'])
 * ```
 */
export function freeze(model: tfl.LayersModel, stages: readonly string[] = listStages(model)): void {
  setTrainable(model, stages, false)
}

/** Makes stages trainable again; takes the same arguments as {@link freeze}. */
export function unfreeze(model: tfl.LayersModel, stages: readonly string[] = listStages(model)): void {
  setTrainable(model, stages, true)
}

function setTrainable(model: tfl.LayersModel, stages: readonly string[], trainable: boolean): void {
  const known = listStages(model)
  checkArgument(KINDS.strings, stages, 'stages', trainable ? 'unfreeze' : 'freeze')
  const unknown = stages.find((stage) => !known.includes(stage))
  if (unknown !== undefined) {
    throw new FacekpError({
      code: 'MODEL_STAGE',
      problem: `model ${model.name} has no stage of this name`,
      expected: `one of ${known.join(', ')}`,
      received: unknown,
    })
  }
  for (const layer of model.layers) if (stages.includes(getStage(layer))) layer.trainable = trainable
}
