import { FacekpError } from '@facekp/core'
import type { Head } from '@facekp/tfjs-utils'
import type * as tf from '@tensorflow/tfjs'
import { featureModel } from '../features.ts'
import { decodeCoordinates } from './coordinates.ts'
import { decodeHeatmaps, HEATMAPS } from './heatmaps.ts'
import { decodeSimcc, SIMCC_X, SIMCC_Y } from './simcc.ts'

/** How a network tells points: as numbers, as a map for each, or as two distributions for each. */
export type HeadKind = 'coordinates' | 'heatmaps' | 'simcc'

/** The head of a model, and how its network represents keypoints. */
export interface ModelHead extends Head {
  readonly kind: HeadKind
}

/**
 * The head of a model, made by {@link createModel} or loaded from a file. The model itself gives points, by plain layers: its head is
 * for what stands behind them, that is losses of maps and distributions, and confidences.
 *
 * | head | outputs of its network | points |
 * |---|---|---|
 * | `coordinates` | [batch, 2 N] | as they are, with no confidence |
 * | `heatmaps` | [batch, height / 4, width / 4, N] | the mean of each map's softmax |
 * | `simcc` | [batch, N, 2 width], [batch, N, 2 height] | the mean of each distribution's softmax |
 *
 * Throws `MODEL_HEAD` for a model that does not give points.
 *
 * @example
 * ```ts
 * const model = createModel('resnet18', { head: 'heatmaps', inputSize: 256 })
 * const { network, decode } = getHead(model)
 * const { points, confidence } = decode([network.predict(images) as tf.Tensor])
 * ```
 */
export function getHead(model: tf.LayersModel): ModelHead {
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
    problem: 'the model does not give points',
    received: `outputs of shape ${JSON.stringify(shapes)}`,
    expected: `one of shape [null,2 N], or layers ${HEATMAPS}, or ${SIMCC_X} and ${SIMCC_Y}`,
  })
}
