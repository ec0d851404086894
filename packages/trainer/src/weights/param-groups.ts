import { FacekpError } from '@facekp/core'
import { getLayers } from '@facekp/tfjs-utils'
import type * as tf from '@tensorflow/tfjs'
import { variableOf } from './get-variable.ts'

/** Layers that learn faster or slower than the others, as plain JSON. */
export interface ParamGroup {
  /** How their names begin. */
  readonly match: string
  /** What the learning rate is multiplied with; 0 freezes them: weights and batch-norm statistics stay as they are. */
  readonly lrScale: number
}

/** What of a model is trained, and how fast. */
export interface TrainedWeights {
  readonly variables: tf.Variable[]
  /** What the learning rate of each is multiplied with. */
  readonly rates: number[]
}

/**
 * The variables of a model that are trained. A layer belongs to the first group that its name fits; where there is none, its rate
 * is 1. Throws `TRAIN_OPTION` for a group that no layer's name fits.
 */
export function trainedWeights(model: tf.LayersModel, groups: readonly ParamGroup[]): TrainedWeights {
  const rateOf = new Map<tf.Variable, number>()
  const fitting = new Set<ParamGroup>()
  const layers = getLayers(model)
  for (const layer of layers) {
    const group = groups.find(({ match }) => layer.name.startsWith(match))
    if (!group) continue
    fitting.add(group)
    for (const weight of layer.weights) rateOf.set(variableOf(weight), group.lrScale)
  }
  const idle = groups.find((group) => !fitting.has(group))
  if (idle) {
    throw new FacekpError({
      code: 'TRAIN_OPTION',
      problem: 'a group of option groups has no layers',
      received: `layers: ${JSON.stringify(idle.match)}`,
      expected: `how a name begins of ${layers.map(({ name }) => name).join(', ')}, in no group before`,
    })
  }
  const trained = model.trainableWeights
    .map(variableOf)
    .map((variable) => ({ variable, rate: rateOf.get(variable) ?? 1 }))
    .filter(({ rate }) => rate > 0)
  return { variables: trained.map(({ variable }) => variable), rates: trained.map(({ rate }) => rate) }
}
