import '@facekp/blurpool' // registers its layers
import { checkArgument, FacekpError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { describeFirstIssue } from '@facekp/options'
import { requireBackend } from '@facekp/tfjs-utils'
import { readTfjsArtifacts } from '@facekp/weights'
import type * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import * as z from 'zod/mini'
import { getPreprocessing } from '../preprocessing.ts'
import { buildModel } from './build-model.ts'

const modelSchema = z.object({
  format: z.optional(z.string()),
  modelTopology: z.record(z.string(), z.unknown()),
  userDefinedMetadata: z.optional(z.record(z.string(), z.custom<object>())),
  trainingConfig: z.optional(z.custom<tf.io.TrainingConfig>((value) => typeof value === 'object', 'an object')),
  weightsManifest: z.array(z.unknown()),
})

/**
 * Reads a model from the bytes of its files, wherever they are, as `loadModel` of `@facekp/models/node` reads a folder.
 *
 * @param json bytes of `model.json`
 * @param readFile gives the bytes of a file that it lists, by the path relative to `model.json`
 * @param file name of `model.json` in errors
 * @throws FacekpError `MODEL_INVALID`, `MODEL_PREPROCESSING`, `MODEL_BACKEND` if TensorFlow.js has no backend, what `readTfjsArtifacts` of `@facekp/weights` throws, and what `readFile`
 *   throws
 * @example
 * ```ts
 * const fetchBytes = async (path: string) => new Uint8Array(await (await fetch(`/nose/${path}`)).arrayBuffer())
 * const model = await readModel(await fetchBytes('model.json'), fetchBytes)
 * ```
 */
export async function readModel(
  json: Uint8Array,
  readFile: (path: string) => Promise<Uint8Array>,
  file = 'model.json',
): Promise<tfl.LayersModel> {
  checkArgument(KINDS.bytes, json, 'json', 'readModel')
  checkArgument(KINDS.function, readFile, 'readFile', 'readModel')
  checkArgument(KINDS.string, file, 'file', 'readModel')
  const { modelTopology, userDefinedMetadata, trainingConfig } = parseModelJson(file, json)
  const { weightSpecs, weightData } = await readTfjsArtifacts(json, readFile, file)
  requireBackend('MODEL_BACKEND')
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

async function loadFromMemory(file: string, artifacts: tf.io.ModelArtifacts): Promise<tfl.LayersModel> {
  try {
    return await buildModel(artifacts)
  } catch (cause) {
    throw invalidModelError(file, (cause as Error).message, cause)
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
