/** Most steps that TensorFlow.js may need to connect the layers: those of a file that was saved are their number. */
const MAX_STEPS = 10_000_000

/** Classes whose layers TensorFlow.js connects before it processes `inbound_nodes`. */
const CONNECTED_CLASSES: ReadonlySet<unknown> = new Set(['InputLayer', 'Model', 'Functional', 'Sequential'])

/** A call of a layer, and the calls of other layers that its inputs come from. */
interface Call {
  readonly layer: string
  readonly inputs: readonly (readonly unknown[])[]
}

type JsonObject = Readonly<Record<string, unknown>>

/**
 * Checks that the layers of a topology can be connected. TensorFlow.js tries again forever if a layer takes its input from one that
 * does not exist, from itself or from one that is behind it.
 *
 * @throws Error naming the layer
 */
export function checkTopology(topology: unknown): void {
  const pending: unknown[] = [topology]
  while (pending.length > 0) {
    const value = pending.pop()
    if (typeof value !== 'object' || value === null) continue
    const { layers } = value as JsonObject
    if (Array.isArray(layers) && layers.some((layer) => getInboundNodes(layer) !== undefined)) checkLayers(layers)
    for (const child of Object.values(value)) pending.push(child)
  }
}

function getInboundNodes(layer: unknown): unknown {
  const { inbound_nodes: snakeCase, inboundNodes: camelCase } = (layer ?? {}) as JsonObject
  return snakeCase ?? camelCase
}

function checkLayers(layers: readonly unknown[]): void {
  const calls: Call[] = []
  const callCounts = new Map<string, number>()
  for (const layer of layers) {
    const name = getName(layer)
    if (callCounts.has(name)) throw new Error(`two layers are named ${name}`)
    const { class_name: snakeCase, className: camelCase } = layer as JsonObject
    callCounts.set(name, CONNECTED_CLASSES.has(snakeCase ?? camelCase) ? 1 : 0)
    for (const inputs of toArray(getInboundNodes(layer)))
      calls.push({ layer: name, inputs: toArray(inputs).map(toArray) })
  }
  connect(calls, callCounts)
}

/** Connects the calls as TensorFlow.js does: those whose inputs exist, in order, again and again. */
function connect(calls: readonly Call[], callCounts: Map<string, number>): void {
  let steps = 0
  for (let pending = calls; pending.length > 0; ) {
    steps += pending.length
    if (steps > MAX_STEPS) throw new Error('the layers are in reverse order')
    const rest = pending.filter(({ layer, inputs }) => {
      const isReady = inputs.every(([name, index]) => {
        const count = callCounts.get(String(name))
        return count !== undefined && !(count <= Number(index))
      })
      if (isReady && inputs.length > 0) callCounts.set(layer, (callCounts.get(layer) ?? 0) + 1)
      return !isReady
    })
    if (rest.length === pending.length) throw unconnectedError(rest[0] as Call, callCounts)
    pending = rest
  }
}

/** Reads the name of a layer, which is stated twice. */
function getName(layer: unknown): string {
  const { name, config } = (layer ?? {}) as { readonly name?: unknown; readonly config?: JsonObject }
  const configName = config?.['name'] ?? name
  if (typeof name === 'string' && name === configName) return name
  throw new Error(`a layer is named ${String(name)} and ${String(configName)}`)
}

function toArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function unconnectedError({ layer, inputs }: Call, callCounts: ReadonlyMap<string, number>): Error {
  const names = inputs.map(([name]) => String(name))
  const missing = names.find((name) => !callCounts.has(name))
  return new Error(
    missing === undefined
      ? `layer ${layer} takes its input from ${names.join(', ')}, which have no output for it: the layers form a circle`
      : `layer ${layer} takes its input from layer ${missing}, which does not exist`,
  )
}
