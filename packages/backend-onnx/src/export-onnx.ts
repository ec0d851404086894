import { rename, rm, writeFile } from 'node:fs/promises'
import { FacekpError } from '@facekp/core'
import * as tf from '@tensorflow/tfjs'
import { z } from 'zod'
import { lowerAll, workFor } from './backend/plan.ts'
import { arranged } from './lowering/layout.ts'
import { Lowering } from './lowering/lowering.ts'
import type { Stored, Value } from './lowering/value.ts'
import { Graph } from './onnx/graph.ts'
import { backend } from './register.ts'

const optionsSchema = z.strictObject({
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
const BATCHES = [1009, 1013] as const

/**
 * Writes a layers model of one input as a standalone ONNX file: opset 17, its weights within, input and outputs named and laid out as the
 * model has them (channels last), the batch size free.
 *
 * Throws `ONNX_EXPORT` where the backend in use is another, where the model has several inputs, and where it holds an operation that
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
  const isDebug = tf.env().getBool('ONNX_DEBUG')
  // Only recorded: in debug mode each operation would be computed at once.
  tf.env().set('ONNX_DEBUG', false)
  let graphs: Graph[]
  try {
    graphs = BATCHES.map((batch) => graphOf(model, [batch, ...inputShape]))
  } finally {
    tf.env().set('ONNX_DEBUG', isDebug)
  }
  const [graph, other] = graphs as [Graph, Graph]
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
  if (!(model instanceof tf.LayersModel)) fail('only layers models are exported', typeof model)
  const parsed = optionsSchema.safeParse(options)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return fail(
      `option ${issue?.path.join('.') || 'unknown'} cannot be used: ${issue?.message}`,
      JSON.stringify(options),
    )
  }
  if (tf.getBackend() !== 'onnx') {
    fail('a model is exported by the backend that ran it', `backend ${tf.getBackend()}`, "await tf.setBackend('onnx')")
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
        problem: 'the model holds an operation that is handed to backend cpu here, or one that fails',
        received: (cause as Error).message,
        cause,
      })
    }
    const { order, leaves } = workFor(outputs)
    const lowering = new Lowering(graph)
    const [inputName] = model.inputNames as [string]
    for (const value of leaves) {
      if (value === input) {
        const name = graph.input(inputName, 'float32', ['batch', ...shape.slice(1)])
        lowering.set(value, { name, layout: undefined, shape })
        continue
      }
      const { data, layout } = value.stored as Stored
      const [first] = data
      // Zeros such as a recurrent layer's first state: one number for any batch size.
      const isUniform = value.shape[0] === shape[0] && data.every((number) => number === first)
      const stored = arranged(value.shape, layout)
      lowering.set(
        value,
        isUniform
          ? lowering.fill(first as number, value.shape, value.type)
          : { name: graph.constant(data, value.type, stored), layout, shape: stored },
      )
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

/** Lets shapes that hold the batch size take it from the input, or say "whatever is left"; nothing else may depend on it. */
function freeTheBatch(graph: Graph, other: Graph): void {
  const fail = (what: string): never => {
    throw new FacekpError({
      code: 'ONNX_EXPORT',
      problem: `${what} depends on the batch size in a way that a file cannot say`,
    })
  }
  if (graph.nodes.length !== other.nodes.length) fail('which operations the model holds')
  for (const [name, constant] of [...graph.constants]) {
    const { bytes } = other.constants.get(name) ?? fail('a constant')
    if (constant.type !== 'int64') {
      if (Buffer.compare(bytes, constant.bytes) !== 0) fail('a constant')
      continue
    }
    const [mine, theirs] = [constant.bytes, bytes].map((raw) => new BigInt64Array(raw.slice().buffer)) as [
      BigInt64Array,
      BigInt64Array,
    ]
    const different = [...mine.keys()].filter((i) => mine[i] !== theirs[i])
    const [place] = different
    if (place === undefined) continue
    const users = graph.nodes.filter(({ inputs }) => inputs.includes(name)).map(({ operator }) => operator)
    if (different.length === 1 && users.every((operator) => operator === 'Reshape')) {
      mine[place] = -1n
      constant.bytes = new Uint8Array(mine.buffer)
    } else if (different.every((i) => mine[i] === BigInt(BATCHES[0]))) {
      takeFromInput(graph, name, mine)
    } else fail(`an operation ${[...new Set(users)].join(', ')}`)
  }
}

/** A shape in place of the constant `name`: its numbers, with the input's batch size where they hold that of the export. */
function takeFromInput(graph: Graph, name: string, shape: BigInt64Array): void {
  const batch = `${name} batch`
  const parts = Array.from(shape, (side) => (side === BigInt(BATCHES[0]) ? batch : graph.integers([Number(side)])))
  const [input] = graph.inputs as [Graph['inputs'][number]]
  const node = { domain: '', label: 'batch' } as const
  graph.constants.delete(name)
  graph.nodes.unshift(
    { ...node, operator: 'Shape', inputs: [input.name], outputs: [batch], attributes: { start: 0, end: 1 } },
    { ...node, operator: 'Concat', inputs: parts, outputs: [name], attributes: { axis: 0 } },
  )
}
