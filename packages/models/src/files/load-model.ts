import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkArgument, isFacekpError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { readBytes } from '@facekp/files'
import type * as tfl from '@tensorflow/tfjs-layers'
import { readModel } from './read-model.ts'

/**
 * Reads a model as `tf.loadLayersModel` does, from files: one that {@link saveModel}, `model.save` or `tensorflowjs_converter` wrote, in
 * one or several shards, also with weights quantized to uint8, uint16 or float16.
 *
 * User-defined metadata and the training configuration are kept.
 *
 * @param source path of the folder or of its `model.json`, or the `file:` URL of one of them
 * @throws FacekpError `MODEL_MISSING` if a file cannot be read, `MODEL_INVALID` if `model.json` is invalid or has more weights than its
 *   files, `MODEL_PREPROCESSING` if the stored preprocessing is invalid, and what `readTfjsArtifacts` of `@facekp/weights` throws, such as
 *   `WEIGHTS_TRUNCATED` if the shards are shorter than `model.json` says
 * @example
 * ```ts
 * const model = await loadModel('runs/nose')
 * const converted = await loadModel('converted/model.json')
 * ```
 */
export async function loadModel(source: string | URL): Promise<tfl.LayersModel> {
  checkArgument(KINDS.source, source, 'source', 'loadModel')
  const file = await findModelJson(source)
  for (;;) {
    const bytes = await readModelFile(file)
    try {
      return await readModel(bytes, (path) => readModelFile(join(dirname(file), path)), file)
    } catch (error) {
      // The weights are missing if `saveModel` has replaced the model since its `model.json` was read.
      const isReplaced = isFacekpError(error, 'MODEL_MISSING') && !(await readModelFile(file)).equals(bytes)
      if (!isReplaced) throw error
    }
  }
}

async function findModelJson(source: string | URL): Promise<string> {
  const path = String(source).startsWith('file:') ? fileURLToPath(source) : String(source)
  const isFile = (await stat(path).catch(() => undefined))?.isFile() ?? false
  return isFile ? path : join(path, 'model.json')
}

function readModelFile(file: string): Promise<Buffer> {
  const expected = 'a folder with model.json and the weights that it lists'
  return readBytes(file, { code: 'MODEL_MISSING', kind: 'model', expected })
}
