import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { writeIndexedFolder } from '@facekp/files'
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { formatModelJson, joinWeights, WEIGHTS_FILE } from './encode-model.ts'

/**
 * Writes a model into a folder, as `model.json` and `weights.bin` in the format of TensorFlow.js.
 *
 * User-defined metadata, such as the preprocessing, is written too. So is the training configuration of a compiled model, with the state
 * of its optimizer, unless its loss is a function, which cannot be stored. A browser loads the model with `tf.loadLayersModel(url)`. Works
 * on every backend; TensorFlow.js itself writes files only through tfjs-node.
 *
 * A model in the folder is replaced when the new one is complete: whenever the program stops, the old one or the new one is there. The
 * weights of the new one then are `weights-HASH.bin`, so that no reader takes them for those of the old one. Programs that save at once
 * wait for each other. Other files in the folder stay.
 *
 * @param folder path of the folder, which is created if it does not exist: new, empty, or of a model or run
 * @throws FacekpError `MODEL_NOT_WRITTEN` if the folder holds something else or cannot be written, or if two weights have the same name, `WEIGHTS_NOT_FINITE` if a weight is NaN
 *   or infinite, also one of the optimizer; the model in the folder stays
 * @example
 * ```ts
 * await saveModel(model, 'runs/nose')
 * ```
 */
export async function saveModel(model: tfl.LayersModel, folder: string): Promise<void> {
  checkArgument(KINDS.model, model, 'model', 'saveModel')
  checkArgument(KINDS.path, folder, 'folder', 'saveModel')
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    const weights = joinWeights(artifacts)
    await writeIndexedFolder(folder, {
      index: 'model.json',
      files: [{ name: WEIGHTS_FILE, format: () => weights }],
      formatIndex: ([path]) => formatModelJson(artifacts, path as string),
      parseIndex: listWeightFiles,
      code: 'MODEL_NOT_WRITTEN',
    })
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } }
  })
  await model.save(handler, { includeOptimizer: hasStorableTraining(model) })
}

/** Tests whether a model is compiled with losses that have a name. */
function hasStorableTraining(model: tfl.LayersModel): boolean {
  if (!model.optimizer) return false
  const losses = typeof model.loss === 'object' ? Object.values(model.loss) : [model.loss]
  return losses.every((loss) => typeof loss === 'string')
}

/** Reads the names of the weight files in a `model.json`; undefined if it is no layers model. */
function listWeightFiles(text: string): readonly string[] | undefined {
  try {
    const { modelTopology, weightsManifest } = JSON.parse(text)
    if (typeof modelTopology !== 'object' || modelTopology === null) return undefined
    return (weightsManifest as { readonly paths: readonly string[] }[]).flatMap(({ paths }) => paths)
  } catch {
    return undefined
  }
}
