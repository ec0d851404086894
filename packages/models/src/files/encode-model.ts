import { checkArgument, FacekpError } from '@facekp/core'
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
 * @throws FacekpError `WEIGHTS_NOT_FINITE` if a weight is NaN or infinite, `MODEL_NOT_WRITTEN` if two weights have the same name
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

/**
 * Joins the bytes of all weights. Throws `WEIGHTS_NOT_FINITE` if one is NaN or infinite, the statistics of batch normalization included,
 * and `MODEL_NOT_WRITTEN` if two have the same name.
 */
export function joinWeights({ weightData, weightSpecs = [] }: tf.io.ModelArtifacts): Uint8Array<ArrayBuffer> {
  checkNames(weightSpecs)
  const bytes = new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData))
  checkFinite(listFloats(bytes, weightSpecs), {
    place: 'in the model, which is not saved',
    fix: 'save the model before its weights overflow, or train it again with a lower learning rate',
  })
  return bytes
}

/** Checks that each weight can be loaded, which TensorFlow.js does by their names. */
function checkNames(specs: readonly tf.io.WeightsManifestEntry[]): void {
  const names = new Set<string>()
  for (const { name, group } of specs) {
    if (group === 'optimizer') continue
    if (!names.has(name)) names.add(name)
    else {
      throw new FacekpError({
        code: 'MODEL_NOT_WRITTEN',
        problem: 'two weights of the model have the same name, and could not be loaded',
        received: name,
        expected: 'layers with names of their own, also within nested models, and each layer once',
      })
    }
  }
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
