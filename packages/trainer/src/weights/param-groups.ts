import { FacekpError } from '@facekp/core'
import { getInnermostLayers, getLayers } from '@facekp/tfjs-utils'
import type * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { getVariable } from './get-variable.ts'

/** Layers with their own learning rate, as plain JSON. */
export interface ParamGroup {
  /** Start of the layers' names. */
  readonly match: string
  /** Factor of the learning rate; 0 freezes weights and batch-norm statistics. */
  readonly lrScale: number
}

/** Variables to train, and the factor of the learning rate for each. */
export interface TrainedWeights {
  readonly variables: tf.Variable[]
  readonly lrScales: number[]
  /** Layers of groups whose factor is 0, what `TimeDistributed` applies in its place. */
  readonly frozenLayers: ReadonlySet<tfl.layers.Layer>
}

/**
 * Selects the variables of a model that are trained. A layer belongs to the first group that matches its name; without one its factor
 * is 1.
 *
 * @throws `TRAIN_OPTION` for a group that matches no layer
 */
export function selectTrainedWeights(model: tfl.LayersModel, groups: readonly ParamGroup[]): TrainedWeights {
  const scales = new Map<tf.Variable, number>()
  const usedGroups = new Set<ParamGroup>()
  const frozenLayers = new Set<tfl.layers.Layer>()
  const layers = getLayers(model)
  for (const layer of layers) {
    const group = groups.find(({ match }) => layer.name.startsWith(match))
    if (!group) continue
    usedGroups.add(group)
    if (group.lrScale === 0) for (const inner of getInnermostLayers(layer)) frozenLayers.add(inner)
    for (const weight of layer.weights) scales.set(getVariable(weight), group.lrScale)
  }
  const unusedGroup = groups.find((group) => !usedGroups.has(group))
  if (unusedGroup) {
    throw new FacekpError({
      code: 'TRAIN_OPTION',
      problem: 'a group of option paramGroups matches no layer',
      received: `match: ${JSON.stringify(unusedGroup.match)}`,
      expected: `the start of a name of ${layers.map(({ name }) => name).join(', ')} that no group before matches`,
    })
  }
  // A layer that stands in several nested models has its weights once.
  const trained = [...new Set(model.trainableWeights.map(getVariable))]
    .map((variable) => ({ variable, lrScale: scales.get(variable) ?? 1 }))
    .filter(({ lrScale }) => lrScale > 0)
  return {
    variables: trained.map(({ variable }) => variable),
    lrScales: trained.map(({ lrScale }) => lrScale),
    frozenLayers,
  }
}
