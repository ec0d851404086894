import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import * as tf from '@tensorflow/tfjs'

/** Times that the folder is moved away again if another program writes it at the same time. */
const MAX_ATTEMPTS = 10

/**
 * Writes a model into a folder, as `model.json` and `weights.bin` in the format of TensorFlow.js.
 *
 * User-defined metadata, such as the preprocessing, is written too. So is the training configuration of a compiled model, with the state
 * of its optimizer, unless its loss is a function, which cannot be stored. A browser loads the model with `tf.loadLayersModel(url)`. An
 * existing model is replaced only when the new one is complete. Works on every backend; TensorFlow.js itself writes files only through
 * tfjs-node.
 *
 * @param folder path of the folder; it is created if it does not exist
 * @example
 * ```ts
 * await saveModel(model, 'runs/nose')
 * ```
 */
export async function saveModel(model: tf.LayersModel, folder: string): Promise<void> {
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    const { weightSpecs, weightData, ...json } = artifacts
    const weights = Buffer.from(tf.io.CompositeArrayBuffer.join(weightData))
    const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }]
    await writeFolder(resolve(folder), {
      'weights.bin': weights,
      'model.json': JSON.stringify({ ...json, weightsManifest }),
    })
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } }
  })
  await model.save(handler, { includeOptimizer: hasStorableTraining(model) })
}

/** Tests whether a model is compiled with losses that have a name. */
function hasStorableTraining(model: tf.LayersModel): boolean {
  if (!model.optimizer) return false
  const losses = typeof model.loss === 'object' ? Object.values(model.loss) : [model.loss]
  return losses.every((loss) => typeof loss === 'string')
}

/** Writes the files of a folder: all of them, or none. */
async function writeFolder(target: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  const fresh = `${target}.${randomUUID()}.new`
  const old = `${target}.${randomUUID()}.old`
  try {
    await mkdir(fresh, { recursive: true })
    for (const [name, content] of Object.entries(files)) await writeFile(join(fresh, name), content)
    for (let attempt = 1; ; attempt++) {
      await rename(target, old).catch(ignoreMissing)
      try {
        await rename(fresh, target)
        return
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if (attempt === MAX_ATTEMPTS || (code !== 'ENOTEMPTY' && code !== 'EEXIST')) throw error
        await rm(old, { recursive: true, force: true })
      }
    }
  } finally {
    await rm(old, { recursive: true, force: true })
    await rm(fresh, { recursive: true, force: true })
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
