import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import '@facekp/blurpool' // so that models with its layers can be loaded
import { FacekpError } from '@facekp/core'
import * as tf from '@tensorflow/tfjs'
import { z } from 'zod'

const BYTES: Record<string, number> = { float32: 4, int32: 4, bool: 1 }

const modelSchema = z.object({
  modelTopology: z.record(z.string(), z.unknown()),
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
 * Writes a model as TensorFlow.js does, `model.json` and `weights.bin`, into `folder`, which a browser can load with
 * `tf.loadLayersModel(url)`. A model that was there is replaced only once the new one is whole. Works on every backend;
 * TensorFlow.js itself writes files only through tfjs-node.
 */
export async function saveModel(model: tf.LayersModel, folder: string): Promise<void> {
  const target = resolve(folder)
  const fresh = `${target}.${process.pid}.new`
  const old = `${target}.${process.pid}.old`
  await model.save(
    tf.io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData, ...rest }) => {
      const weights = Buffer.from(tf.io.CompositeArrayBuffer.join(weightData))
      const json = {
        format: rest.format,
        generatedBy: rest.generatedBy,
        convertedBy: null,
        modelTopology,
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
 * Reads a model that {@link saveModel} wrote. Throws `MODEL_MISSING` where the folder holds none, `MODEL_INVALID` where
 * `model.json` is not one, and `MODEL_WEIGHTS_SIZE` where `weights.bin` is not as long as `model.json` says.
 */
export async function loadModel(folder: string): Promise<tf.LayersModel> {
  const file = join(folder, 'model.json')
  const parsed = modelSchema.safeParse(parseJson(file, (await read(file)).toString('utf8')))
  if (!parsed.success) throw invalid(file, z.prettifyError(parsed.error))
  const [manifest] = parsed.data.weightsManifest
  const weightSpecs = manifest?.weights ?? []
  const expected = weightSpecs.reduce(
    (sum, { shape, dtype }) => sum + shape.reduce((product, side) => product * side, 1) * (BYTES[dtype] as number),
    0,
  )
  const weightsFile = join(folder, 'weights.bin')
  const weights = await read(weightsFile)
  if (weights.byteLength !== expected) {
    throw new FacekpError({
      code: 'MODEL_WEIGHTS_SIZE',
      problem: 'the weights are not of the size that model.json tells',
      file: weightsFile,
      received: `${weights.byteLength} bytes`,
      expected: `${expected}`,
    })
  }
  try {
    return await tf.loadLayersModel(
      tf.io.fromMemory({
        modelTopology: parsed.data.modelTopology,
        weightSpecs,
        weightData: weights.buffer.slice(weights.byteOffset, weights.byteOffset + weights.byteLength) as ArrayBuffer,
      }),
    )
  } catch (cause) {
    throw invalid(file, (cause as Error).message, cause)
  }
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    throw new FacekpError({
      code: 'MODEL_MISSING',
      problem: 'cannot be read',
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
    throw invalid(file, (cause as Error).message, cause)
  }
}

function invalid(file: string, received: string, cause?: unknown): FacekpError {
  return new FacekpError({
    code: 'MODEL_INVALID',
    problem: 'is not a model of TensorFlow.js layers',
    file,
    received,
    cause,
  })
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
