import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { checkFinite } from '@facekp/tfjs-utils'
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'

/** Name of the weights beside `model.json`. */
export const WEIGHTS_FILE = 'weights.bin'

/** The files of a model. */
export interface ModelFiles {
  readonly 'model.json': Uint8Array<ArrayBuffer>
  readonly 'weights.bin': Uint8Array<ArrayBuffer>
}

/**
 * Encodes a model as the files that `saveModel` of `@facekp/models/node` writes, without its optimizer: to upload or to download them.
 *
 * @throws FacekpError `WEIGHTS_NOT_FINITE` if a weight is NaN or infinite
 * @example
 * ```ts
 * const files = await encodeModel(model)
 * const copy = await readModel(files['model.json'], async () => files['weights.bin'])
 * ```
 */
export async function encodeModel(model: tfl.LayersModel): Promise<ModelFiles> {
  checkArgument(KINDS.model, model, 'model', 'encodeModel')
  const files: ModelFiles[] = []
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    const json = new TextEncoder().encode(formatModelJson(artifacts, WEIGHTS_FILE))
    files.push({ 'model.json': json, [WEIGHTS_FILE]: joinWeights(artifacts) })
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } }
  })
  await model.save(handler, { includeOptimizer: false })
  return files[0] as ModelFiles
}

/** Formats the `model.json` of a model whose weights are in one file. */
export function formatModelJson(
  { weightSpecs, weightData, ...json }: tf.io.ModelArtifacts,
  weightsFile: string,
): string {
  return JSON.stringify({ ...json, weightsManifest: [{ paths: [weightsFile], weights: weightSpecs }] })
}

/** Joins the bytes of all weights. Throws `WEIGHTS_NOT_FINITE` if one is NaN or infinite, the statistics of batch normalization included. */
export function joinWeights({ weightData, weightSpecs = [] }: tf.io.ModelArtifacts): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData))
  checkFinite(listFloats(bytes, weightSpecs), {
    place: 'in the model, which is not saved',
    fix: 'save the model before its weights overflow, or train it again with a lower learning rate',
  })
  return bytes
}

/** Lists the numbers of each floating-point weight, which are one after another. */
function* listFloats(
  bytes: Uint8Array<ArrayBuffer>,
  specs: readonly tf.io.WeightsManifestEntry[],
): Generator<[name: string, data: Float32Array]> {
  let start = 0
  for (const { name, shape, dtype } of specs) {
    const end = start + tf.util.sizeFromShape(shape) * tf.util.bytesPerElement(dtype)
    if (dtype === 'float32') yield [`weight ${name}`, new Float32Array(bytes.slice(start, end).buffer)]
    start = end
  }
}
