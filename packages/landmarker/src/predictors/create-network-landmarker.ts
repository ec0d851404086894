import type { KeypointScheme } from '@facekp/core'
import { parseOptions } from '@facekp/options'
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers'
import * as z from 'zod/mini'
import { type LandmarkerMetrics, metricsSchema } from '../model/landmarker-metrics.ts'
import { createModel, type LandmarkerModel, parseModel } from '../model/landmarker-model.ts'
import { hashBytes } from '../model/sha256.ts'
import { objectSchema } from '../option-schemas.ts'
import { cropSchema, type NetworkCrop } from './network-crop.ts'
import type { StoredNetwork } from './network-model.ts'

export interface NetworkLandmarkerOptions {
  /** The scheme of the network's points. */
  readonly scheme: KeypointScheme
  /** The part of an image that the network was trained on; `measureCrop` finds it for a dataset. */
  readonly crop: NetworkCrop
  /** Errors of the network on faces that it was not trained on. */
  readonly metrics: LandmarkerMetrics
  /** Whether points are averaged with those of the mirrored crop, which takes twice the time; default false. */
  readonly tta?: boolean | undefined
}

const optionsSchema = z.strictObject({
  scheme: objectSchema<KeypointScheme>('a keypoint scheme'),
  crop: cropSchema,
  metrics: metricsSchema,
  tta: z._default(z.boolean(), false),
})

/**
 * Creates a landmarker of a trained network, of any network and head of `@facekp/models`.
 *
 * @param network predicts x and y of each point of the scheme, 0..1 along the sides of its input; its preprocessing is kept
 * @returns a copy of the network as data, for `loadLandmarker` and `saveLandmarker`; `network` may be disposed of
 * @throws FacekpError `LANDMARKER_OPTION`, `LANDMARKER_MODEL` for an invalid scheme; `MODEL_HEAD` and `MODEL_PREPROCESSING` if the network
 *   does not predict points or has an invalid preprocessing
 * @example
 * ```ts
 * const crop = await measureCrop(train, { margin: 0.2, aspectRatio: 1 })
 * const model = await createNetworkLandmarker(network, { scheme: train.scheme, crop, metrics })
 * await saveLandmarker(model, 'my-landmarker')
 * ```
 */
export async function createNetworkLandmarker(
  network: LayersModel,
  options: NetworkLandmarkerOptions,
): Promise<LandmarkerModel> {
  const { scheme, crop, metrics, tta } = parseOptions({
    schema: optionsSchema,
    value: options,
    code: 'LANDMARKER_OPTION',
    name: 'createNetworkLandmarker',
  })
  const { stored, files } = await storeNetwork(network)
  return parseModel(createModel({ scheme, predictor: { kind: 'network', tta, crop, network: stored }, metrics, files }))
}

/** Encodes a network, and describes it for `landmarker.json`. */
async function storeNetwork(
  network: LayersModel,
): Promise<{ readonly stored: StoredNetwork; readonly files: NonNullable<LandmarkerModel['files']> }> {
  // Loaded only now: other landmarkers do without layers models.
  const { encodeModel, getHead, getPreprocessing } = await import('@facekp/models')
  const { kind: head } = getHead(network)
  const { channels, mean, std } = getPreprocessing(network)
  const [, height, width] = (network.inputs[0] as SymbolicTensor).shape as [null, number, number]
  const files = await encodeModel(network)
  const sha256 = hashBytes(files['weights.bin'])
  const input = { width, height, channels, valueRange: [0, 1], mean, std } as const
  return { stored: { model: 'model.json', weights: 'weights.bin', sha256, head, input }, files: { ...files } }
}
