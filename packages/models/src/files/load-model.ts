import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import '@facekp/blurpool' // registers its layers
import { FacekpError, isFacekpError } from '@facekp/core'
import { describeFirstIssue } from '@facekp/options'
import { readTfjsArtifacts } from '@facekp/weights'
import * as tf from '@tensorflow/tfjs'
import * as z from 'zod/mini'
import { getPreprocessing } from '../preprocessing.ts'
import { limitWeights } from './limit-weights.ts'

const modelSchema = z.object({
  format: z.optional(z.string()),
  modelTopology: z.record(z.string(), z.unknown()),
  userDefinedMetadata: z.optional(z.record(z.string(), z.any())),
  trainingConfig: z.optional(z.custom<tf.io.TrainingConfig>((value) => typeof value === 'object', 'an object')),
  weightsManifest: z.array(z.unknown()),
})

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
export async function loadModel(source: string | URL): Promise<tf.LayersModel> {
  const file = await findModelJson(source)
  for (;;) {
    const bytes = await readModelFile(file)
    try {
      return await loadModelJson(file, bytes)
    } catch (error) {
      // The weights are missing if `saveModel` has replaced the model since its `model.json` was read.
      const isReplaced = isFacekpError(error, 'MODEL_MISSING') && !(await readModelFile(file)).equals(bytes)
      if (!isReplaced) throw error
    }
  }
}

async function loadModelJson(file: string, bytes: Uint8Array): Promise<tf.LayersModel> {
  const { modelTopology, userDefinedMetadata, trainingConfig } = parseModelJson(file, bytes)
  const { weightSpecs, weightData } = await readTfjsArtifacts(
    bytes,
    (path) => readModelFile(join(dirname(file), path)),
    file,
  )
  const model = await loadFromMemory(file, {
    modelTopology,
    ...(userDefinedMetadata && { userDefinedMetadata }),
    ...(trainingConfig && { trainingConfig }),
    weightSpecs: weightSpecs as tf.io.WeightsManifestEntry[],
    weightData: weightData.buffer,
  })
  try {
    if (userDefinedMetadata?.['preprocessing'] !== undefined) getPreprocessing(model) // throws if it is invalid
  } catch (error) {
    model.dispose()
    throw error
  }
  return model
}

async function findModelJson(source: string | URL): Promise<string> {
  const path = String(source).startsWith('file:') ? fileURLToPath(source) : String(source)
  const isFile = (await stat(path).catch(() => undefined))?.isFile() ?? false
  return isFile ? path : join(path, 'model.json')
}

function parseModelJson(file: string, bytes: Uint8Array): z.output<typeof modelSchema> {
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw invalidModelError(file, (cause as Error).message, cause)
  }
  const parsed = modelSchema.safeParse(json)
  if (!parsed.success) throw invalidModelError(file, describeFirstIssue(parsed.error, json))
  if (parsed.data.format === 'graph-model')
    throw invalidModelError(file, 'a graph model, which tf.loadGraphModel reads')
  return parsed.data
}

async function loadFromMemory(file: string, artifacts: tf.io.ModelArtifacts): Promise<tf.LayersModel> {
  const { limited, release } = limitWeights(artifacts)
  try {
    return await tf.loadLayersModel(tf.io.fromMemory(limited))
  } catch (cause) {
    throw invalidModelError(file, (cause as Error).message, cause)
  } finally {
    release()
  }
}

async function readModelFile(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    throw new FacekpError({
      code: 'MODEL_MISSING',
      problem: 'cannot read the model',
      file,
      received: (cause as Error).message,
      expected: 'a folder with model.json and the weights that it lists',
      cause,
    })
  }
}

function invalidModelError(file: string, received: string, cause?: unknown): FacekpError {
  return new FacekpError({
    code: 'MODEL_INVALID',
    problem: 'invalid model file',
    file,
    expected: 'a layers model of TensorFlow.js, as saveModel or tensorflowjs_converter writes it',
    received,
    cause,
  })
}
