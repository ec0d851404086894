import { rename, rm, writeFile } from 'node:fs/promises'
import { FacekpError } from '@facekp/core'
import * as tf from '@tensorflow/tfjs'
import { z } from 'zod'
import { backend } from '../register.ts'
import { runtime } from '../runtime/onnxruntime.ts'
import { makeBatchDynamic } from './dynamic-batch.ts'
import { recordModel } from './record-model.ts'
import { withOnnxBackend } from './with-onnx-backend.ts'

const optionsSchema = z.strictObject({
  inputShape: z.array(z.number().int().positive()).min(1),
  path: z.string().min(1),
})

/** Options of {@link exportOnnx}. */
export interface ExportOptions {
  /** Shape of one sample: [height, width, channels]. */
  readonly inputShape: readonly number[]
  /** File to write; it is complete or does not exist. */
  readonly path: string
}

/**
 * Writes a layers model with one input as a standalone ONNX file.
 *
 * The file has opset 17 and contains the weights. Input and outputs have the model's names and layout (channels last); the batch size is
 * free. Any TensorFlow.js backend may be active: the model is recorded on backend onnx, and the active backend, the weights and the
 * number of tensors are the same afterwards.
 *
 * @throws {FacekpError} `ONNX_EXPORT` if the model has several inputs, if it contains an operation that backend onnx does not compute
 *   itself or that depends on the batch size in a way that ONNX cannot express, or if the file cannot be written; `ONNX_RUNTIME` if
 *   ONNX Runtime is not installed
 *
 * @example
 * ```ts
 * await exportOnnx(model, { inputShape: [60, 80, 1], path: 'nose.onnx' })
 * ```
 *
 * Source: https://onnx.ai/onnx/repo-docs/IR.html
 */
export async function exportOnnx(model: tf.LayersModel, options: ExportOptions): Promise<void> {
  const { inputShape, path } = checkOptions(model, options)
  runtime()
  await tf.ready()
  await readWeights(model)
  await backend.flush()
  const file = withOnnxBackend(() => buildModelFile(model, inputShape))
  try {
    await writeFile(`${path}.new`, file)
    await rename(`${path}.new`, path)
  } catch (cause) {
    await rm(`${path}.new`, { force: true })
    throw new FacekpError({
      code: 'ONNX_EXPORT',
      problem: 'the file cannot be written',
      file: path,
      received: (cause as Error).message,
      cause,
    })
  }
}

/** Reads all weights once: backends that read asynchronously keep the numbers, and recording reads them synchronously. */
async function readWeights(model: tf.LayersModel): Promise<void> {
  await Promise.all(model.getWeights().map((weight) => weight.data()))
}

/** Records the model for two batch sizes and serializes what they have in common. */
function buildModelFile(model: tf.LayersModel, inputShape: readonly number[]): Uint8Array {
  // Sizes that occur nowhere else: where the two graphs differ, they depend on the batch size.
  const batchSizes = [1009, 1013] as const
  const graph = recordModel(model, [batchSizes[0], ...inputShape])
  const otherGraph = recordModel(model, [batchSizes[1], ...inputShape])
  makeBatchDynamic(graph, otherGraph, batchSizes[0])
  return graph.toModel()
}

function checkOptions(model: tf.LayersModel, options: ExportOptions): ExportOptions {
  if (!(model instanceof tf.LayersModel)) {
    throw exportError('the model cannot be exported', typeof model, 'a tf.LayersModel')
  }
  const parsed = optionsSchema.safeParse(options)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw exportError(`invalid option ${issue?.path.join('.') || ''}: ${issue?.message}`, JSON.stringify(options))
  }
  if (model.inputs.length !== 1) {
    throw exportError('the model cannot be exported', `${model.inputs.length} inputs`, '1 input')
  }
  const expected = (model.inputs[0] as tf.SymbolicTensor).shape.slice(1)
  const { inputShape } = parsed.data
  const isAccepted =
    expected.length === inputShape.length && expected.every((side, i) => side === null || side === inputShape[i])
  if (!isAccepted) {
    const sides = expected.map((side) => side ?? 'any')
    throw exportError('option inputShape does not fit the model', `[${inputShape}]`, `[${sides}]`)
  }
  return parsed.data
}

function exportError(problem: string, received: string, expected?: string): FacekpError {
  return new FacekpError({ code: 'ONNX_EXPORT', problem, received, expected })
}
