import { FacekpError } from '@facekp/core'
import { writeFileAtomic } from '@facekp/files'
import { parseOptions } from '@facekp/options'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import * as z from 'zod'
import { backend } from '../register.ts'
import { runtime } from '../runtime/onnxruntime.ts'
import { checkFile } from './check-file.ts'
import { checkSize } from './check-size.ts'
import { makeBatchDynamic } from './dynamic-batch.ts'
import { type OnnxFunction, recordFunction } from './record-function.ts'
import { withOnnxBackend } from './with-onnx-backend.ts'

const optionsSchema = z.strictObject({
  inputShape: z.array(z.number().int().positive()).min(1),
  path: z.string().min(1),
  metadata: z.record(z.string().min(1), z.string()).exactOptional(),
  maxDifference: z.number().positive().exactOptional(),
})

/** Options of {@link exportOnnx}. */
export interface ExportOptions {
  /** Shape of one sample: [height, width, channels]. */
  readonly inputShape: readonly number[]
  /** File to write, completely or not at all; its folder is created if it does not exist. */
  readonly path: string
  /** Texts for the file's `metadata_props`, which every ONNX library can read. */
  readonly metadata?: Readonly<Record<string, string>>
  /**
   * Runs the file on random numbers from 0 to 1 before it is written, and throws if an output differs from that of the source on the
   * active backend by more than this; default: no check.
   */
  readonly maxDifference?: number
}

/**
 * Writes a layers model with one input, or a function of tensors, as a standalone ONNX file.
 *
 * The file has opset 17 and contains the weights. Input and outputs have the model's names and layout (channels last); the batch size is
 * free. Any TensorFlow.js backend may be active: the model is recorded on backend onnx, and the active backend, the weights and the
 * number of tensors are the same afterwards.
 *
 * @param source a model, or a function that is called with symbolic batches; the tensors that it creates become weights of the file
 * @throws {FacekpError} `ONNX_EXPORT` if the model has several inputs or two outputs of one name, if it contains an operation that backend
 *   onnx does not compute itself or that depends on the batch size in a way that ONNX cannot express, if its weights take 2 GiB or
 *   more, if the file does not compute the same, or cannot be written; `ONNX_RUNTIME` if ONNX Runtime is not installed
 *
 * @example
 * ```ts
 * await exportOnnx(model, { inputShape: [60, 80, 1], path: 'nose.onnx' })
 * ```
 *
 * Source: https://onnx.ai/onnx/repo-docs/IR.html
 */
export async function exportOnnx(source: tfl.LayersModel | OnnxFunction, options: ExportOptions): Promise<void> {
  const checked = checkOptions(options)
  const isModel = source instanceof tfl.LayersModel
  if (isModel) checkModel(source, checked.inputShape)
  else checkFunction(source)
  const computation = isModel ? toFunction(source) : source
  checkNames(computation)
  runtime()
  await tf.ready()
  if (isModel) await readWeights(source)
  await backend.flush()
  const file = withOnnxBackend(() => buildFile(computation, checked))
  const { inputShape, maxDifference } = checked
  if (maxDifference !== undefined) await checkFile(file, computation, { inputShape, maxDifference })
  await writeFileAtomic(checked.path, file, 'ONNX_EXPORT')
}

function toFunction(model: tfl.LayersModel): OnnxFunction {
  return {
    inputName: model.inputNames[0] as string,
    outputNames: model.outputNames,
    compute: (batch) => [model.apply(batch, { training: false }) as tf.Tensor | tf.Tensor[]].flat(),
  }
}

/** Reads all weights once: backends that read asynchronously keep the numbers, and recording reads them synchronously. */
async function readWeights(model: tfl.LayersModel): Promise<void> {
  await Promise.all(model.getWeights().map((weight) => weight.data()))
}

/** Records the function for two batch sizes and serializes what they have in common. */
function buildFile(source: OnnxFunction, { inputShape, metadata }: ExportOptions): Uint8Array {
  // Sizes that occur nowhere else: a difference between the two graphs depends on the batch size.
  const batchSizes = [1009, 1013] as const
  const graph = recordFunction(source, [batchSizes[0], ...inputShape])
  const otherGraph = recordFunction(source, [batchSizes[1], ...inputShape])
  makeBatchDynamic(graph, otherGraph, batchSizes[0])
  checkSize(graph)
  return graph.toModel(metadata)
}

function checkOptions(options: ExportOptions): ExportOptions {
  return parseOptions({ schema: optionsSchema, value: options, code: 'ONNX_EXPORT', name: 'exportOnnx' })
}

function checkFunction(source: OnnxFunction): void {
  const { inputName, outputNames, compute } = (source ?? {}) as Partial<OnnxFunction>
  if (typeof compute === 'function' && typeof inputName === 'string' && Array.isArray(outputNames)) return
  const expected = 'a tf.LayersModel or { inputName, outputNames, compute }'
  throw exportError('the model cannot be exported', expected, typeof source)
}

/** Checks that the input and each output have a name of their own: a layer that is applied twice gives both outputs its name. */
function checkNames({ inputName, outputNames }: OnnxFunction): void {
  const names = [inputName, ...outputNames]
  if (new Set(names).size === names.length && names.every((name) => name !== '')) return
  const expected =
    'a name of its own for the input and each output; export { inputName, outputNames, compute } to choose them'
  throw exportError('the model cannot be exported', expected, names.join(', '))
}

function checkModel(model: tfl.LayersModel, inputShape: readonly number[]): void {
  if (model.inputs.length !== 1) {
    throw exportError('the model cannot be exported', 'a model with 1 input', `${model.inputs.length} inputs`)
  }
  const expected = (model.inputs[0] as tfl.SymbolicTensor).shape.slice(1)
  const isAccepted =
    expected.length === inputShape.length && expected.every((side, i) => side === null || side === inputShape[i])
  if (!isAccepted) {
    const sides = expected.map((side) => side ?? 'any')
    throw exportError('option inputShape of exportOnnx does not fit the model', `[${sides}]`, `[${inputShape}]`)
  }
}

function exportError(problem: string, expected: string, received: string): FacekpError {
  return new FacekpError({ code: 'ONNX_EXPORT', problem, expected, received })
}
