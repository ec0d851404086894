import { rename, rm, writeFile } from 'node:fs/promises'
import { FacekpError } from '@facekp/core'
import * as tf from '@tensorflow/tfjs'
import { z } from 'zod'
import { lowerAll, workFor } from './engine/plan.ts'
import { arranged } from './lowering/layout.ts'
import { Lowering } from './lowering/lowering.ts'
import type { Value } from './lowering/value.ts'
import { Graph } from './onnx/graph.ts'
import { backend } from './register.ts'

const optionsSchema = z.object({
  inputShape: z.array(z.number().int().positive()).min(1),
  path: z.string().min(1),
})

export interface ExportOptions {
  /** Of one sample: [height, width, channels]. */
  readonly inputShape: readonly number[]
  /** The file to write; it is whole or not there. */
  readonly path: string
}

// Two batch sizes that occur nowhere else: what differs between their graphs depends on the batch size.
const BATCHES = [100_003, 100_019] as const

/**
 * Writes a layers model of one input as a standalone ONNX file: opset 17, its weights within, input and outputs named and laid out as the
 * model has them (channels last), the batch size free.
 *
 * Throws `ONNX_EXPORT` where the engine in use is another, where the model has several inputs, and where it holds an operation that
 * ONNX Runtime is not given here or whose shape depends on the batch size in a way that a file cannot say.
 *
 * @example
 * ```ts
 * await tf.setBackend('onnx')
 * await exportOnnx(model, { inputShape: [60, 80, 1], path: 'nose.onnx' })
 * ```
 *
 * Source: https://onnx.ai/onnx/repo-docs/IR.html
 */
export async function exportOnnx(model: tf.LayersModel, options: ExportOptions): Promise<void> {
  const { inputShape, path } = check(model, options)
  await backend.flush()
  const [graph, other] = BATCHES.map((batch) => graphOf(model, [batch, ...inputShape])) as [Graph, Graph]
  freeTheBatch(graph, other)
  try {
    await writeFile(`${path}.new`, graph.toModel())
    await rename(`${path}.new`, path)
  } catch (cause) {
    await rm(`${path}.new`, { force: true })
    throw new FacekpError({
      code: 'ONNX_EXPORT',
      problem: 'the model cannot be written',
      file: path,
      received: (cause as Error).message,
      cause,
    })
  }
}

function check(model: tf.LayersModel, options: ExportOptions): ExportOptions {
  const fail = (problem: string, received: string, expected?: string): never => {
    throw new FacekpError({ code: 'ONNX_EXPORT', problem, received, ...(expected ? { expected } : {}) })
  }
  const parsed = optionsSchema.safeParse(options)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return fail(`option ${issue?.path.join('.')} cannot be used: ${issue?.message}`, JSON.stringify(options))
  }
  if (tf.getBackend() !== 'onnx') {
    fail('a model is exported by the engine that ran it', `engine ${tf.getBackend()}`, "await tf.setBackend('onnx')")
  }
  if (model.inputs.length !== 1) fail('only models of one input are exported', `${model.inputs.length} inputs`)
  const wanted = (model.inputs[0] as tf.SymbolicTensor).shape.slice(1)
  const { inputShape } = parsed.data
  if (wanted.length !== inputShape.length || wanted.some((side, i) => side !== null && side !== inputShape[i])) {
    fail('the input has another shape', `[${inputShape}]`, `[${wanted.map((side) => side ?? 'any')}]`)
  }
  return parsed.data
}

/** What the model computes for a batch, its weights as constants. */
function graphOf(model: tf.LayersModel, shape: readonly number[]): Graph {
  const graph = new Graph()
  tf.tidy(() => {
    const info = backend.placeholder(shape)
    const image = tf.engine().makeTensorFromDataId(info.dataId, info.shape, 'float32')
    const input = backend.valueFor(info)
    let outputs: Value[]
    try {
      const result = model.apply(image, { training: false })
      outputs = [result].flat().map((output) => backend.valueFor(output as tf.Tensor))
    } catch (cause) {
      throw new FacekpError({
        code: 'ONNX_EXPORT',
        problem: 'the model holds an operation that is handed to engine cpu here, or one that fails',
        received: (cause as Error).message,
        cause,
      })
    }
    const { order, leaves } = workFor(outputs)
    const lowering = new Lowering(graph)
    const [inputName] = model.inputNames as [string]
    for (const value of leaves) {
      const layout = value.stored?.layout
      const stored = arranged(value.shape, layout)
      const name =
        value === input
          ? graph.input(inputName, 'float32', ['batch', ...shape.slice(1)])
          : graph.constant(value.stored?.data as Float32Array, value.type, stored)
      lowering.set(value, { name, layout, shape: stored })
    }
    lowerAll(lowering, order)
    for (const [i, output] of outputs.entries()) {
      const plain = lowering.plain(output)
      const name = graph.rename(plain, model.outputNames[i] as string)
      graph.output(name, output.type, ['batch', ...output.shape.slice(1)])
    }
  })
  return graph
}

/** Sets -1, "whatever is left", for the batch size in the shapes of reshapes; nothing else may depend on it. */
function freeTheBatch(graph: Graph, other: Graph): void {
  const fail = (what: string): never => {
    throw new FacekpError({
      code: 'ONNX_EXPORT',
      problem: `${what} depends on the batch size in a way that a file cannot say`,
    })
  }
  if (graph.nodes.length !== other.nodes.length) fail('which operations the model holds')
  for (const [name, constant] of graph.constants) {
    const { bytes } = other.constants.get(name) ?? fail('a constant')
    if (constant.type !== 'int64') {
      if (bytes.length !== constant.bytes.length) fail('the size of a constant')
      continue
    }
    const [mine, theirs] = [constant.bytes, bytes].map((raw) => new BigInt64Array(raw.slice().buffer)) as [
      BigInt64Array,
      BigInt64Array,
    ]
    const different = [...mine.keys()].filter((i) => mine[i] !== theirs[i])
    const [place] = different
    if (place === undefined) continue
    const users = graph.nodes.filter(({ inputs }) => inputs.includes(name))
    if (different.length > 1 || users.some(({ operator }) => operator !== 'Reshape')) {
      fail(`an operation ${users.map(({ operator }) => operator).join(', ')}`)
    }
    mine[place] = -1n
    constant.bytes = new Uint8Array(mine.buffer)
  }
}
