import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import '@facekp/blurpool' // registers its layers
import { FacekpError } from '@facekp/core'
import * as tf from '@tensorflow/tfjs'
import { z } from 'zod'
import { getPreprocessing } from '../preprocessing.ts'

/** Bytes per value of each data type. */
const BYTES: Record<string, number> = { float32: 4, int32: 4, bool: 1 }

const modelSchema = z.object({
  modelTopology: z.record(z.string(), z.unknown()),
  userDefinedMetadata: z.record(z.string(), z.any()).optional(),
  weightsManifest: z
    .array(
      z.object({
        paths: z.tuple([z.literal('weights.bin')]),
        weights: z.array(
          z.object({
            name: z.string(),
            shape: z.array(z.number().int().nonnegative()),
            dtype: z.enum(['float32', 'int32', 'bool']),
          }),
        ),
      }),
    )
    .length(1),
})

/**
 * Writes a model with its metadata into a folder, as `model.json` and `weights.bin` in the format of TensorFlow.js.
 *
 * A browser loads it with `tf.loadLayersModel(url)`. An existing model is replaced only when the new one is complete. Works on every
 * backend; TensorFlow.js itself writes files only through tfjs-node.
 *
 * @param folder path of the folder; it is created if it does not exist
 * @example
 * ```ts
 * await saveModel(model, 'runs/nose')
 * ```
 */
export async function saveModel(model: tf.LayersModel, folder: string): Promise<void> {
  const target = resolve(folder)
  const fresh = `${target}.${process.pid}.new`
  const old = `${target}.${process.pid}.old`
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData, userDefinedMetadata, ...rest }) => {
      const weights = Buffer.from(tf.io.CompositeArrayBuffer.join(weightData))
      const json = {
        format: rest.format,
        generatedBy: rest.generatedBy,
        convertedBy: null,
        modelTopology,
        ...(userDefinedMetadata === undefined ? {} : { userDefinedMetadata }),
        weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }],
      }
      try {
        await mkdir(fresh, { recursive: true })
        await writeFile(join(fresh, 'weights.bin'), weights)
        await writeFile(join(fresh, 'model.json'), JSON.stringify(json))
        await rename(target, old).catch(ignoreMissing)
        await rename(fresh, target)
      } finally {
        await rm(old, { recursive: true, force: true })
        await rm(fresh, { recursive: true, force: true })
      }
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } }
    }),
  )
}

/**
 * Reads a model and its metadata from a folder that {@link saveModel} wrote.
 *
 * @throws FacekpError `MODEL_MISSING` if the folder holds no model, `MODEL_INVALID` if `model.json` is invalid, `MODEL_WEIGHTS_SIZE` if
 *   `weights.bin` is not as long as `model.json` says, `MODEL_PREPROCESSING` if the stored preprocessing is invalid
 * @example
 * ```ts
 * const model = await loadModel('runs/nose')
 * ```
 */
export async function loadModel(folder: string): Promise<tf.LayersModel> {
  const file = join(folder, 'model.json')
  const { modelTopology, userDefinedMetadata, weightSpecs } = await readModelJson(file)
  const model = await loadFromMemory(file, {
    modelTopology,
    ...(userDefinedMetadata && { userDefinedMetadata }),
    weightSpecs,
    weightData: await readWeights(join(folder, 'weights.bin'), weightSpecs),
  })
  try {
    if (userDefinedMetadata?.['preprocessing'] !== undefined) getPreprocessing(model) // throws if it is invalid
  } catch (error) {
    model.dispose()
    throw error
  }
  return model
}

async function readModelJson(file: string) {
  const parsed = modelSchema.safeParse(parseJson(file, (await readModelFile(file)).toString('utf8')))
  if (!parsed.success) throw invalidModelError(file, z.prettifyError(parsed.error))
  const { modelTopology, userDefinedMetadata, weightsManifest } = parsed.data
  return { modelTopology, userDefinedMetadata, weightSpecs: weightsManifest[0]?.weights ?? [] }
}

async function readWeights(file: string, weightSpecs: readonly tf.io.WeightsManifestEntry[]): Promise<ArrayBuffer> {
  const weights = await readModelFile(file)
  const expected = weightSpecs.reduce(
    (sum, { shape, dtype }) => sum + shape.reduce((product, side) => product * side, 1) * (BYTES[dtype] as number),
    0,
  )
  if (weights.byteLength !== expected) {
    throw new FacekpError({
      code: 'MODEL_WEIGHTS_SIZE',
      problem: 'weights have the wrong size',
      file,
      expected: `${expected} bytes, as model.json says`,
      received: `${weights.byteLength} bytes`,
    })
  }
  return weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength) as ArrayBuffer
}

async function loadFromMemory(file: string, artifacts: tf.io.ModelArtifacts): Promise<tf.LayersModel> {
  try {
    return await tf.loadLayersModel(tf.io.fromMemory(artifacts))
  } catch (cause) {
    throw invalidModelError(file, (cause as Error).message, cause)
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
      expected: 'a folder with model.json and weights.bin',
      cause,
    })
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw invalidModelError(file, (cause as Error).message, cause)
  }
}

function invalidModelError(file: string, received: string, cause?: unknown): FacekpError {
  return new FacekpError({
    code: 'MODEL_INVALID',
    problem: 'invalid model file',
    file,
    expected: 'a layers model of TensorFlow.js, as saveModel writes it',
    received,
    cause,
  })
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
