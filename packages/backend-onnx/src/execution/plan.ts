import { GraphLowering } from '../lowering/graph-lowering.ts'
import { type Layout, toMemoryShape } from '../lowering/layout.ts'
import { countElements } from '../lowering/shape.ts'
import type { Numbers, NumberType, Stored, Value } from '../lowering/value.ts'
import { formatNodeName, Graph } from '../onnx/graph.ts'
import { avoidOutputCopies } from '../runtime/avoid-output-copies.ts'
import { getChannelBlock } from '../runtime/channel-block.ts'
import { runtime, type Session, type Tensor } from '../runtime/onnxruntime.ts'
import type { OnnxSettings } from '../settings.ts'
import type { Computation } from './computation.ts'

/** A compiled graph. */
export interface Plan {
  readonly session: Session
  /** Names of the leaves that are fed, with their indices among the computation's leaves. */
  readonly inputs: readonly PlanInput[]
  /** Name and layout of each target. */
  readonly outputs: readonly PlanOutput[]
  /** Leaves that are constants of the model: their indices and the ids of their values. */
  readonly frozen: readonly { readonly leaf: number; readonly id: number }[]
  readonly frozenBytes: number
}

interface PlanInput {
  readonly name: string
  readonly leaf: number
}

interface PlanOutput {
  readonly name: string
  readonly layout: Layout
  /** The shape of the graph's output: the target's in memory, or that before a reshape. */
  readonly shape: readonly number[]
}

/** Smallest number of elements of all results for which copies are avoided. Measured: with fewer, the error that ends the run costs more. */
const MIN_UNCOPIED = 2 ** 15

/**
 * Compiles a computation.
 *
 * @param frozen indices of leaves that become constants of the model, so that the runtime can fuse and pack them
 */
export function compilePlan(computation: Computation, frozen: ReadonlySet<number>, settings: OnnxSettings): Plan {
  const { targets, leaves, order } = computation
  const lowering = new GraphLowering(new Graph(), getChannelBlock(settings.provider))
  const { graph } = lowering
  const { inputs, frozenBytes } = addLeaves(lowering, leaves, frozen)
  lowering.lowerAll(order, targets)
  const usedNames = new Set<string>([...inputs.map(({ name }) => name), ...graph.constants.keys()])
  const resultSize = targets.reduce((sum, { shape }) => sum + countElements(shape), 0)
  if (runtime().isSynchronous && resultSize >= MIN_UNCOPIED) avoidOutputCopies(graph)
  const outputs = targets.map((target) => addTarget(lowering, target, usedNames))
  const session = runtime().createSession(graph.toModel(), { ...settings, cpuNodes: listWebgpuExceptions(graph) })
  const used = new Set(graph.inputs.map(({ name }) => name))
  return {
    session,
    inputs: inputs.filter(({ name }) => used.has(name)),
    outputs,
    frozen: [...frozen].map((leaf) => ({ leaf, id: (leaves[leaf] as Value).id })),
    frozenBytes,
  }
}

/** Adds the leaves to the graph, as constants if they are frozen, else as inputs. */
function addLeaves(
  lowering: GraphLowering,
  leaves: readonly Value[],
  frozen: ReadonlySet<number>,
): { readonly inputs: readonly PlanInput[]; readonly frozenBytes: number } {
  const { graph } = lowering
  const inputs: PlanInput[] = []
  let frozenBytes = 0
  for (const [leaf, value] of leaves.entries()) {
    const { data, layout } = getStored(value)
    const shape = toMemoryShape(value.shape, layout)
    if (frozen.has(leaf)) {
      lowering.set(value, { name: graph.addConstant(data, value.type, shape), layout, shape })
      frozenBytes += data.byteLength
    } else {
      const name = graph.addInput(`in${leaf}`, value.type, shape)
      lowering.set(value, { name, layout, shape })
      inputs.push({ name, leaf })
    }
  }
  return { inputs, frozenBytes }
}

/** Adds a target as an output of the graph. An output may not be an input, a constant or another output. */
function addTarget(lowering: GraphLowering, target: Value, usedNames: Set<string>): PlanOutput {
  const { graph } = lowering
  const lowered = lowering.lowerFull(target)
  const { name, shape } = lowering.beforeReshape(lowered)
  const output = usedNames.has(name) ? graph.addNode('Identity', [name]) : name
  usedNames.add(output)
  graph.addOutput(output, target.type, shape)
  return { name: output, layout: lowered.layout, shape }
}

/** Lists the names of nodes that the runtime's WebGPU accepts but cannot run: max pools with indices. */
function listWebgpuExceptions({ nodes }: Graph): string[] {
  return nodes.filter(({ operator, outputs }) => operator === 'MaxPool' && outputs.length > 1).map(formatNodeName)
}

/** Runs a plan. The numbers of the targets are complete on return, or when `done` resolves. */
export function runPlan(
  plan: Plan,
  { targets, leaves }: Computation,
  acquire: (value: Value) => Numbers,
): { readonly results: Numbers[]; readonly done: void | Promise<void> } {
  const feeds: Record<string, Tensor> = {}
  for (const { name, leaf } of plan.inputs) {
    const value = leaves[leaf] as Value
    const { data, layout } = getStored(value)
    feeds[name] = createTensor(value.type, data, toMemoryShape(value.shape, layout))
  }
  const results = targets.map(acquire)
  const fetches: Record<string, Tensor> = {}
  for (const [i, { name, shape }] of plan.outputs.entries()) {
    fetches[name] = createTensor((targets[i] as Value).type, results[i] as Numbers, shape)
  }
  return { results, done: plan.session.run(feeds, fetches) }
}

function createTensor(type: NumberType, data: Numbers, shape: readonly number[]): Tensor {
  const { Tensor: TensorClass } = runtime()
  return new TensorClass(type as 'float32', data as Float32Array, shape)
}

function getStored(value: Value): Stored {
  if (!value.stored) throw new Error(`value ${value.id} is not stored`)
  return value.stored
}
