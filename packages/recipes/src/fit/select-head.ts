import { getHead, type ModelHead } from '@facekp/models'
import type { LossSettings } from '@facekp/trainer'
import type * as tfl from '@tensorflow/tfjs-layers'

/** Losses of heatmaps and distributions, which need the network's head. */
const HEAD_LOSSES: ReadonlySet<LossSettings['kind']> = new Set(['adaptiveWing', 'star', 'simcc'])

/** Returns the head of a network if a loss needs it; undefined for losses of points. */
export function selectHead(model: tfl.LayersModel, { kind }: LossSettings): ModelHead | undefined {
  return HEAD_LOSSES.has(kind) ? getHead(model) : undefined
}
