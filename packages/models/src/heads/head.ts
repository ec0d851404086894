import { checkArgument, FacekpError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type { Head } from '@facekp/tfjs-utils'
import type * as tfl from '@tensorflow/tfjs-layers'
import { featureModel } from '../inspect/feature-model.ts'
import { decodeCoordinates } from './coordinates.ts'
import { decodeHeatmaps, HEATMAPS } from './heatmaps.ts'
import { decodeSimcc, SIMCC_X, SIMCC_Y } from './simcc.ts'

/** How a network predicts points: as numbers, as one heatmap per point, or as two distributions per point. */
export type HeadKind = 'coordinates' | 'heatmaps' | 'simcc'

/** The head of a model, and how its network represents keypoints. */
export interface ModelHead extends Head {
  readonly kind: HeadKind
}

/**
 * Gets the head of a model that {@link createModel} made or a file holds, for losses of heatmaps or bins and for confidences.
 *
 * | head | outputs of its network | points |
 * |---|---|---|
 * | `coordinates` | [batch, 2 N] | the output; no confidence |
 * | `heatmaps` | [batch, height / 4, width / 4, N] | the mean of each heatmap's softmax |
 * | `simcc` | [batch, N, 2 width], [batch, N, 2 height] | the mean of each distribution's softmax |
 *
 * @throws FacekpError `MODEL_HEAD` if the model does not predict points
 * @example
 * ```ts
 * const model = createModel('resnet18', { head: 'heatmaps', inputSize: 256 })
 * const { network, decode } = getHead(model)
 * const { points, confidence } = decode([network.predict(images) as tf.Tensor])
 * ```
 */
export function getHead(model: tfl.LayersModel): ModelHead {
  checkArgument(KINDS.model, model, 'model', 'getHead')
  const names = new Set(model.layers.map(({ name }) => name))
  if (names.has(HEATMAPS)) {
    return { kind: 'heatmaps', network: featureModel(model, [HEATMAPS]), decode: decodeHeatmaps }
  }
  if (names.has(SIMCC_X) && names.has(SIMCC_Y)) {
    return { kind: 'simcc', network: featureModel(model, [SIMCC_X, SIMCC_Y]), decode: decodeSimcc }
  }
  const shapes = model.outputs.map(({ shape }) => shape)
  if (shapes.length === 1 && shapes[0]?.length === 2 && (shapes[0][1] as number) % 2 === 0) {
    return { kind: 'coordinates', network: model, decode: decodeCoordinates }
  }
  throw new FacekpError({
    code: 'MODEL_HEAD',
    problem: `model ${model.name} does not predict points`,
    expected: `one output of shape [null,2 N], or a layer ${HEATMAPS}, or layers ${SIMCC_X} and ${SIMCC_Y}`,
    received: `outputs of shape ${JSON.stringify(shapes)}`,
  })
}
