import { FacekpError } from '@facekp/core'
import { writeFileAtomic } from '@facekp/files'
import { parseOptions } from '@facekp/options'
import * as tf from '@tensorflow/tfjs'
import * as z from 'zod'
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
  /** File to write, completely or not at all; its folder is created if it does not exist. */
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
  await writeFileAtomic(path, file, 'ONNX_EXPORT')
}

/** Reads all weights once: backends that read asynchronously keep the numbers, and recording reads them synchronously. */
async function readWeights(model: tf.LayersModel): Promise<void> {
  await Promise.all(model.getWeights().map((weight) => weight.data()))
}

/** Records the model for two batch sizes and serializes what they have in common. */
function buildModelFile(model: tf.LayersModel, inputShape: readonly number[]): Uint8Array {
  // Sizes that occur nowhere else: a difference between the two graphs depends on the batch size.
  const batchSizes = [1009, 1013] as const
  const graph = recordModel(model, [batchSizes[0], ...inputShape])
  const otherGraph = recordModel(model, [batchSizes[1], ...inputShape])
  makeBatchDynamic(graph, otherGraph, batchSizes[0])
  return graph.toModel()
}

function checkOptions(model: tf.LayersModel, options: ExportOptions): ExportOptions {
  if (!(model instanceof tf.LayersModel)) {
    throw exportError('the model cannot be exported', 'a tf.LayersModel', typeof model)
  }
  const parsed = parseOptions({ schema: optionsSchema, value: options, code: 'ONNX_EXPORT', name: 'exportOnnx' })
  if (model.inputs.length !== 1) {
    throw exportError('the model cannot be exported', 'a model with 1 input', `${model.inputs.length} inputs`)
  }
  const expected = (model.inputs[0] as tf.SymbolicTensor).shape.slice(1)
  const { inputShape } = parsed
  const isAccepted =
    expected.length === inputShape.length && expected.every((side, i) => side === null || side === inputShape[i])
  if (!isAccepted) {
    const sides = expected.map((side) => side ?? 'any')
    throw exportError('option inputShape of exportOnnx does not fit the model', `[${sides}]`, `[${inputShape}]`)
  }
  return parsed
}

function exportError(problem: string, expected: string, received: string): FacekpError {
  return new FacekpError({ code: 'ONNX_EXPORT', problem, expected, received })
}
