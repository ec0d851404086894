import { arranged, type Layout } from '../lowering/layout.ts'
import { Lowering } from '../lowering/lowering.ts'
import { type Attributes, type Numbers, sizeOf, type Value } from '../lowering/value.ts'
import { Graph, nameOf } from '../onnx/graph.ts'
import { channelBlock } from '../runtime/channel-block.ts'
import { runtime, type Session, type Tensor } from '../runtime/onnxruntime.ts'
import { leaveUncopied } from '../runtime/uncopied.ts'
import type { OnnxSettings } from './settings.ts'

/** Numbers that are looked up in one graph again and again: what is to be computed, and from what. */
export interface Work {
  /** Values to compute, in the order in which they were recorded. */
  readonly targets: readonly Value[]
  /** Stored values that they need. */
  readonly leaves: readonly Value[]
  /** Places of leaves that some operation takes as its weights. */
  readonly weights: ReadonlySet<number>
  /** All of them and what lies between, each after what it needs. */
  readonly order: readonly Value[]
  /** The same for the same structure, whatever the numbers. */
  readonly key: string
}

/** Finds what must be computed for the targets. */
export function workFor(targets: readonly Value[]): Work {
  const places = new Map<Value, number>()
  const order: Value[] = []
  const leaves: Value[] = []
  const weights = new Set<Value>()
  const parts: string[] = []
  const visited = new Set<Value>()
  const stack: { value: Value; next: number }[] = []
  const enter = (value: Value): void => {
    if (visited.has(value)) return
    visited.add(value)
    stack.push({ value, next: 0 })
  }
  for (const target of targets) {
    enter(target)
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const { value } = top
      if (!value.stored && top.next < value.inputs.length) {
        enter(value.inputs[top.next++] as Value)
        continue
      }
      stack.pop()
      places.set(value, order.length)
      order.push(value)
      if (value.stored) {
        leaves.push(value)
        parts.push(`${value.type}${value.shape}|${value.stored.layout ?? ''}`)
      } else {
        const { operation, attributes, type, shape, inputs } = value
        if (value.failure) throw value.failure
        if (!operation) throw new Error('a tensor is used whose memory was handed on')
        const from = inputs.map((input) => places.get(input)).join()
        for (const place of operation.weights ?? []) {
          const weight = inputs[place]
          if (weight?.stored) weights.add(weight)
        }
        parts.push(`${operation.name}${keyOf(attributes)}${type}${shape}(${from})`)
      }
    }
  }
  return {
    targets,
    leaves,
    weights: new Set(leaves.flatMap((leaf, place) => (weights.has(leaf) ? [place] : []))),
    order,
    key: `${parts.join(';')}>${targets.map((target) => places.get(target)).join()}`,
  }
}

/** As JSON, but that what is no number, or infinite, keeps its name. */
function keyOf(attributes: Attributes): string {
  const json = JSON.stringify(attributes)
  if (!json.includes('null')) return json
  return JSON.stringify(attributes, (_, value) => (typeof value === 'number' ? String(value) : value))
}

/** A compiled graph. */
export interface Plan {
  readonly session: Session
  /** The leaves that are fed, by name and by their place among the work's leaves. */
  readonly inputs: readonly { readonly name: string; readonly leaf: number }[]
  /** How each target comes out. */
  readonly outputs: readonly { readonly name: string; readonly layout: Layout }[]
  /** Leaves that were written into the model, by place and by the value's id. */
  readonly frozen: readonly { readonly leaf: number; readonly id: number }[]
  readonly frozenBytes: number
}

/** Numbers of all results. Measured: fewer are copied sooner than the run ends with an error. */
const FEWEST_UNCOPIED = 2 ** 15

/** Lowers all that a graph consists of. */
export function lowerAll(lowering: Lowering, order: readonly Value[]): void {
  for (const value of order) if (!value.stored) value.operation?.announce?.(lowering, value)
  for (const value of order) if (!value.stored) lowering.any(value)
}

/** Compiles work into a session; leaves in `frozen` become constants of the model, so that the runtime can fuse and pack them. */
export function compile(work: Work, frozen: ReadonlySet<number>, settings: OnnxSettings): Plan {
  const { targets, leaves, order } = work
  const lowering = new Lowering(new Graph(), channelBlock(settings.provider))
  const { graph } = lowering
  const inputs: { name: string; leaf: number }[] = []
  let frozenBytes = 0
  for (const [leaf, value] of leaves.entries()) {
    const { data, layout } = storedOf(value)
    const shape = arranged(value.shape, layout)
    if (frozen.has(leaf)) {
      lowering.set(value, { name: graph.constant(data, value.type, shape), layout, shape })
      frozenBytes += data.byteLength
    } else {
      const name = graph.input(`in${leaf}`, value.type, shape)
      lowering.set(value, { name, layout, shape })
      inputs.push({ name, leaf })
    }
  }
  lowerAll(lowering, order)
  const taken = new Set<string>([...inputs.map(({ name }) => name), ...graph.constants.keys()])
  if (runtime().synchronous && targets.reduce((sum, { shape }) => sum + sizeOf(shape), 0) >= FEWEST_UNCOPIED)
    leaveUncopied(graph)
  const outputs = targets.map((target) => {
    const { name, layout, shape } = lowering.full(target)
    // An output may be neither an input, nor a constant, nor another output.
    const own = taken.has(name) ? graph.node('Identity', [name]) : name
    taken.add(own)
    graph.output(own, target.type, shape)
    return { name: own, layout }
  })
  const session = runtime().createSession(graph.toModel(), { ...settings, onProcessor: beyondWebgpu(graph) })
  const used = new Set(graph.inputs.map(({ name }) => name))
  return {
    session,
    inputs: inputs.filter(({ name }) => used.has(name)),
    outputs,
    frozen: [...frozen].map((leaf) => ({ leaf, id: (leaves[leaf] as Value).id })),
    frozenBytes,
  }
}

/** Names of nodes that the runtime's WebGPU takes and then cannot run: maxima with their places. */
function beyondWebgpu({ nodes }: Graph): string[] {
  return nodes.filter(({ operator, outputs }) => operator === 'MaxPool' && outputs.length > 1).map(nameOf)
}

/** Runs a plan; gives each target's numbers, which are there at once or once `done` is. */
export function run(
  plan: Plan,
  { targets, leaves }: Work,
  take: (value: Value) => Numbers,
): { readonly results: Numbers[]; readonly done: void | Promise<void> } {
  const { Tensor: TensorClass } = runtime()
  const tensor = (value: Value, data: Numbers, layout: Layout): Tensor =>
    new TensorClass(value.type as 'float32', data as Float32Array, arranged(value.shape, layout))
  const feeds: Record<string, Tensor> = {}
  for (const { name, leaf } of plan.inputs) {
    const value = leaves[leaf] as Value
    const { data, layout } = storedOf(value)
    feeds[name] = tensor(value, data, layout)
  }
  const results = targets.map(take)
  const fetches: Record<string, Tensor> = {}
  for (const [i, { name, layout }] of plan.outputs.entries()) {
    fetches[name] = tensor(targets[i] as Value, results[i] as Numbers, layout)
  }
  return { results, done: plan.session.run(feeds, fetches) }
}

function storedOf(value: Value): { data: Numbers; layout: Layout } {
  if (!value.stored) throw new Error(`value ${value.id} is not stored`)
  return value.stored
}
