import type { Attributes, Value } from '../lowering/value.ts'

/** What one graph computes, and from what. */
export interface Computation {
  /** Values to compute, in the order in which they were recorded. */
  readonly targets: readonly Value[]
  /** Stored values that they need. */
  readonly leaves: readonly Value[]
  /** Indices of leaves that an operation takes as its weights. */
  readonly weights: ReadonlySet<number>
  /** Targets, leaves and all values between them, each after its inputs. */
  readonly order: readonly Value[]
  /** Identifies the structure: equal for computations that differ only in their numbers. */
  readonly key: string
}

/** Collects all values that the targets need. */
export function collectComputation(targets: readonly Value[]): Computation {
  const order = sortTopologically(targets)
  const leaves: Value[] = []
  const weights = new Set<Value>()
  const positions = new Map<Value, number>()
  const parts: string[] = []
  for (const [position, value] of order.entries()) {
    positions.set(value, position)
    if (value.stored) {
      leaves.push(value)
      parts.push(`${value.type}${value.shape}|${value.stored.layout ?? ''}`)
      continue
    }
    const { operation, attributes, type, shape, inputs } = value
    if (value.failure) throw value.failure
    if (!operation) throw new Error('a tensor has no numbers: an update in place took its memory')
    for (const index of operation.weights ?? []) {
      const weight = inputs[index]
      if (weight?.stored) weights.add(weight)
    }
    const from = inputs.map((input) => positions.get(input)).join()
    parts.push(`${operation.name}${serializeAttributes(attributes)}${type}${shape}(${from})`)
  }
  return {
    targets,
    leaves,
    weights: new Set(leaves.flatMap((leaf, index) => (weights.has(leaf) ? [index] : []))),
    order,
    key: `${parts.join(';')}>${targets.map((target) => positions.get(target)).join()}`,
  }
}

/** Sorts values and their inputs so that each follows its inputs. Uses an explicit stack, because graphs may be deeper than the call stack. */
function sortTopologically(targets: readonly Value[]): Value[] {
  const order: Value[] = []
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
      order.push(value)
    }
  }
  return order
}

/** Serializes attributes as JSON in which NaN and infinities keep their names. */
function serializeAttributes(attributes: Attributes): string {
  const json = JSON.stringify(attributes)
  if (!json.includes('null')) return json
  return JSON.stringify(attributes, (_, value) => (typeof value === 'number' ? String(value) : value))
}
