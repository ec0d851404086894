import { ProtobufWriter } from './protobuf.ts'

/** Element types of ONNX tensors: their numbers in TensorProto.DataType. */
export const ELEMENT_TYPES = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9, bfloat16: 16 } as const
export type ElementType = keyof typeof ELEMENT_TYPES

/** The size of a dimension, or the name of a dimension of any size. */
export type Dimension = number | string

export type Attribute = number | string | readonly number[] | { readonly float: number }

/** The domain of an operator: ONNX itself, or one of those that ONNX Runtime adds. */
export type Domain = '' | 'com.microsoft' | typeof NCHWC

/** ONNX Runtime's convolutions over blocks of channels, which its optimizer uses in place of the standard ones. */
export const NCHWC = 'com.microsoft.nchwc'

/** Most bytes of the constants of a model: those of all that is read as a protocol buffer, 2 GiB, less room for the operations. */
export const MAX_CONSTANT_BYTES: number = 2 ** 31 - 2 ** 24

const OPSET = 17
const IR_VERSION = 8

const SCALAR_ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const

interface GraphNode {
  readonly operator: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Readonly<Record<string, Attribute>>
  readonly domain: Domain
  readonly label: string
}

interface Constant {
  readonly dimensions: readonly number[]
  readonly type: ElementType
  bytes: Uint8Array
}

interface Port {
  readonly name: string
  readonly type: ElementType
  readonly dimensions: readonly Dimension[]
}

/**
 * Builds an ONNX graph. Its values are represented by their names.
 *
 * Source: https://onnx.ai/onnx/repo-docs/IR.html
 */
export class Graph {
  readonly constants: Map<string, Constant> = new Map()
  readonly inputs: Port[] = []
  readonly outputs: Port[] = []
  readonly nodes: GraphNode[] = []
  readonly #integers = new Map<string, string>()
  readonly #reservedNames: ReadonlySet<string>
  #nameCount = 0
  /** The operation that is being lowered, for the names of its nodes. */
  label = ''

  /** @param reservedNames names of inputs and outputs, which no other value gets */
  constructor(reservedNames: Iterable<string> = []) {
    this.#reservedNames = new Set(reservedNames)
  }

  addInput(name: string, type: ElementType, dimensions: readonly Dimension[]): string {
    this.inputs.push({ name, type, dimensions })
    return name
  }

  addOutput(name: string, type: ElementType, dimensions: readonly Dimension[]): void {
    this.outputs.push({ name, type, dimensions })
  }

  /** Adds a node with one output and returns the output's name. */
  addNode(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain: Domain = '',
  ): string {
    const output = this.#createName()
    this.nodes.push({ operator, inputs, outputs: [output], attributes, domain, label: this.label })
    return output
  }

  /** Adds a node with several outputs and returns their names. */
  addMultiOutputNode(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
    outputCount: number,
  ): string[] {
    const outputs = Array.from({ length: outputCount }, () => this.#createName())
    this.nodes.push({ operator, inputs, outputs, attributes, domain: '', label: this.label })
    return outputs
  }

  /** Gives a value the name `to`. */
  rename(name: string, to: string): string {
    const node = { operator: 'Identity', inputs: [name], outputs: [to], attributes: {} }
    this.nodes.push({ ...node, domain: '', label: this.label })
    return to
  }

  addConstant(values: ArrayBufferView, type: ElementType, dimensions: readonly number[]): string {
    const name = this.#createName()
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    this.constants.set(name, { dimensions, type, bytes })
    return name
  }

  addFloat(value: number): string {
    return this.addConstant(Float32Array.of(value), 'float32', [])
  }

  /** Adds one number; `dimensions` are all 1. */
  addScalar(value: number, type: 'float32' | 'int32' | 'bool', dimensions: readonly number[] = []): string {
    return this.addConstant(SCALAR_ARRAYS[type].of(value), type, dimensions)
  }

  /** Adds a list of 64-bit integers, such as a shape or axes. */
  addIntegers(values: readonly number[]): string {
    const key = values.join()
    const existing = this.#integers.get(key)
    if (existing !== undefined) return existing
    const name = this.addConstant(
      BigInt64Array.from(values, (value) => BigInt(value)),
      'int64',
      [values.length],
    )
    this.#integers.set(key, name)
    return name
  }

  /** Counts the bytes of the constants that the model will have. */
  countConstantBytes(): number {
    return this.#collectUsed().constants.reduce((sum, [, { bytes }]) => sum + bytes.length, 0)
  }

  /**
   * Serializes the graph as a model file, without unused nodes and constants.
   *
   * @param metadata texts for the file's `metadata_props`
   */
  toModel(metadata: Readonly<Record<string, string>> = {}): Uint8Array {
    const { nodes, constants } = this.#collectUsed()
    const writer = new ProtobufWriter(1 << 16)
    writer.integer(1, IR_VERSION)
    writer.text(2, 'facekp')
    writer.message(7, (graph) => {
      for (const node of nodes) graph.message(1, (message) => writeNode(message, node))
      graph.text(2, 'graph')
      for (const [name, constant] of constants) graph.message(5, (message) => writeConstant(message, name, constant))
      for (const port of this.inputs) graph.message(11, (message) => writePort(message, port))
      for (const port of this.outputs) graph.message(12, (message) => writePort(message, port))
    })
    for (const domain of new Set<Domain>(['', ...nodes.map((node) => node.domain)])) {
      writer.message(8, (message) => {
        if (domain) message.text(1, domain)
        message.integer(2, domain ? 1 : OPSET)
      })
    }
    for (const [key, value] of Object.entries(metadata)) {
      writer.message(14, (message) => {
        message.text(1, key)
        message.text(2, value)
      })
    }
    return writer.finish()
  }

  #collectUsed(): { nodes: GraphNode[]; constants: [string, Constant][] } {
    const used = new Set(this.outputs.map(({ name }) => name))
    const nodes: GraphNode[] = []
    for (const node of this.nodes.toReversed()) {
      if (!node.outputs.some((name) => used.has(name))) continue
      nodes.push(node)
      for (const name of node.inputs) used.add(name)
    }
    return { nodes: nodes.reverse(), constants: [...this.constants].filter(([name]) => used.has(name)) }
  }

  #createName(): string {
    const name = `v${this.#nameCount++}`
    return this.#reservedNames.has(name) ? this.#createName() : name
  }
}

/** Returns a node's name in the model: its operation, its operator and its first output. */
export function formatNodeName({ label, operator, outputs }: GraphNode): string {
  return `${label || 'node'}/${operator}_${outputs[0]}`
}

function writeNode(writer: ProtobufWriter, node: GraphNode): void {
  const { operator, inputs, outputs, attributes, domain } = node
  for (const name of inputs) writer.text(1, name)
  for (const name of outputs) writer.text(2, name)
  writer.text(3, formatNodeName(node))
  writer.text(4, operator)
  for (const [name, value] of Object.entries(attributes)) {
    writer.message(5, (attribute) => {
      attribute.text(1, name)
      if (typeof value === 'string') {
        attribute.text(4, value)
        attribute.integer(20, 3)
      } else if (typeof value === 'number') {
        attribute.integer(3, value)
        attribute.integer(20, 2)
      } else if ('float' in value) {
        attribute.float(2, value.float)
        attribute.integer(20, 1)
      } else {
        for (const number of value) attribute.integer(8, number)
        attribute.integer(20, 7)
      }
    })
  }
  if (domain) writer.text(7, domain)
}

function writeConstant(writer: ProtobufWriter, name: string, { dimensions, type, bytes }: Constant): void {
  for (const dimension of dimensions) writer.integer(1, dimension)
  writer.integer(2, ELEMENT_TYPES[type])
  writer.text(8, name)
  writer.bytes(9, bytes)
}

function writePort(writer: ProtobufWriter, { name, type, dimensions }: Port): void {
  writer.text(1, name)
  writer.message(2, (typeMessage) =>
    typeMessage.message(1, (tensor) => {
      tensor.integer(1, ELEMENT_TYPES[type])
      tensor.message(2, (shape) => {
        for (const dimension of dimensions) {
          shape.message(1, (message) => {
            if (typeof dimension === 'string') message.text(2, dimension)
            else message.integer(1, dimension)
          })
        }
      })
    }),
  )
}
