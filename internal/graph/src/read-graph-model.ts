import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { FacekpError } from '@facekp/core'
import type { Graph, GraphNode } from './graph.ts'
import { decodeHalfFloats, encodeHalfFloats } from './half-floats.ts'

/** The two files of a graph model of TensorFlow.js, and their hashes. */
export interface GraphModelFiles {
  /** Address of `NAME.json`; its weights are in `NAME.bin` beside it. */
  readonly json: URL
  readonly sha256: { readonly json: string; readonly bin: string }
  /** Names of the nodes whose values the network returns. */
  readonly outputs: readonly string[]
}

/**
 * Reads a graph model and converts it to plain data.
 *
 * @throws FacekpError `GRAPH_HASH` if a file is not the one that was reviewed; `GRAPH_OPERATION` if the network has an operation
 *   that {@link GraphNode} lacks; `GRAPH_WEIGHTS` if a weight has no exact half float
 */
export function readGraphModel({ json, sha256, outputs }: GraphModelFiles): Graph {
  const model = JSON.parse(readChecked(json, sha256.json).toString()) as GraphModel
  const bytes = readChecked(new URL(json.href.replace(/json$/, 'bin')), sha256.bin)
  const converter = new GraphConverter(model, readWeights(model, bytes))
  return converter.convert(outputs)
}

interface GraphModel {
  readonly modelTopology: { readonly node: readonly TensorFlowNode[] }
  readonly weightsManifest: readonly { readonly weights: readonly Weight[] }[]
}

interface TensorFlowNode {
  readonly name: string
  readonly op: string
  readonly input?: readonly string[]
  readonly attr?: Record<
    string,
    { readonly s?: string; readonly list?: { readonly i?: string[]; readonly s?: string[] } }
  >
}

interface Weight {
  readonly name: string
  readonly shape: readonly number[]
  readonly dtype: 'float32' | 'int32'
  readonly quantization?: { readonly dtype: string }
}

interface Constant {
  readonly shape: readonly number[]
  readonly data: Float32Array | Int32Array
}

function readChecked(url: URL, sha256: string): Buffer {
  const bytes = readFileSync(url)
  const received = createHash('sha256').update(bytes).digest('hex')
  if (received === sha256) return bytes
  throw new FacekpError({
    code: 'GRAPH_HASH',
    problem: 'wrong SHA-256',
    file: url.pathname,
    received,
    expected: sha256,
  })
}

function readWeights({ weightsManifest }: GraphModel, bytes: Buffer): Map<string, Constant> {
  const constants = new Map<string, Constant>()
  let start = 0
  for (const { name, shape, dtype, quantization } of weightsManifest.flatMap(({ weights }) => weights)) {
    const length = shape.reduce((product, side) => product * side, 1)
    const isHalf = quantization?.dtype === 'float16'
    const end = start + length * (isHalf ? 2 : 4)
    const { buffer } = Uint8Array.from(bytes.subarray(start, end))
    constants.set(name, { shape, data: decodeWeight(buffer, isHalf ? 'float16' : dtype) })
    start = end
  }
  return constants
}

function decodeWeight(buffer: ArrayBuffer, dtype: 'float16' | 'float32' | 'int32'): Float32Array | Int32Array {
  if (dtype === 'float16') return decodeHalfFloats(new Uint16Array(buffer))
  return dtype === 'int32' ? new Int32Array(buffer) : new Float32Array(buffer)
}

const ACTIVATIONS: Record<string, GraphNode['activation']> = { Relu: 'relu', Prelu: 'prelu' }

class GraphConverter {
  readonly #nodesByName: ReadonlyMap<string, TensorFlowNode>
  readonly #weights: ReadonlyMap<string, Constant>
  readonly #nodes: GraphNode[] = []
  readonly #constants: Constant[] = []
  readonly #values = new Map<string, number>()

  constructor({ modelTopology }: GraphModel, weights: ReadonlyMap<string, Constant>) {
    this.#nodesByName = new Map(modelTopology.node.map((node) => [node.name, node]))
    this.#weights = weights
  }

  convert(outputs: readonly string[]): Graph {
    const indices = outputs.map((name) => this.#visit(name))
    return {
      nodes: this.#nodes,
      outputs: indices,
      shapes: this.#constants.map(({ shape }) => shape),
      weights: encodeConstants(this.#constants),
    }
  }

  /** Converts a node after all that it depends on; returns the number of its value. */
  #visit(name: string): number {
    const visited = this.#values.get(name)
    if (visited !== undefined) return visited
    const value = this.#append(this.#nodesByName.get(name) as TensorFlowNode)
    this.#values.set(name, value)
    return value
  }

  #append(node: TensorFlowNode): number {
    const names = node.input ?? []
    if (node.op === 'Placeholder') return 0
    // The outputs are read as flat arrays, whose order a reshape does not change.
    if (node.op === 'Identity' || node.op === 'Reshape') return this.#visit(names[0] as string)
    const inputs = names.filter((name) => !this.#weights.has(name)).map((name) => this.#visit(name))
    this.#nodes.push({ ...this.#convertNode(node), inputs })
    return this.#nodes.length
  }

  #convertNode(node: TensorFlowNode): Omit<GraphNode, 'inputs'> {
    switch (node.op) {
      case 'AddV2':
        return { op: 'add' }
      case '_FusedConv2D': {
        const [, activation] = (node.attr?.['fused_ops']?.list?.s ?? []).map(decodeText)
        const converted = { op: 'conv2d', constants: this.#addConstants(node), ...getWindow(node) } as const
        return activation ? { ...converted, activation: ACTIVATIONS[activation] as 'relu' } : converted
      }
      case 'DepthwiseConv2dNative':
        return { op: 'depthwiseConv2d', constants: this.#addConstants(node), ...getWindow(node) }
      case 'MaxPool':
        return { op: 'maxPool', size: Number(node.attr?.['ksize']?.list?.i?.[1]), ...getWindow(node) }
      case 'Pad':
        return { op: 'padChannels', channels: this.#weights.get(node.input?.[1] as string)?.data[7] as number }
      case 'Prelu':
        return { op: 'prelu', constants: this.#addConstants(node) }
      case 'Relu':
        return { op: 'relu' }
      case 'Sigmoid':
        return { op: 'sigmoid' }
      default:
        throw new FacekpError({ code: 'GRAPH_OPERATION', problem: `node ${node.name}`, received: node.op })
    }
  }

  #addConstants({ input = [] }: TensorFlowNode): number[] {
    const constants = input.map((name) => this.#weights.get(name)).filter((constant) => constant !== undefined)
    return constants.map((constant) => this.#constants.push(constant) - 1)
  }
}

function getWindow({ attr }: TensorFlowNode): { stride: number; padding: 'same' | 'valid' } {
  const padding = decodeText(attr?.['padding']?.s ?? '') === 'SAME' ? 'same' : 'valid'
  return { stride: Number(attr?.['strides']?.list?.i?.[1]), padding }
}

const decodeText = (text: string): string => Buffer.from(text, 'base64').toString()

function encodeConstants(constants: readonly Constant[]): string {
  const bytes = constants.map(({ data, shape }) => {
    const halves = encodeHalfFloats(Float32Array.from(data))
    if (halves) return Buffer.from(halves.buffer)
    throw new FacekpError({ code: 'GRAPH_WEIGHTS', problem: `a weight of shape ${shape} has no exact half float` })
  })
  return Buffer.concat(bytes).toString('base64')
}
