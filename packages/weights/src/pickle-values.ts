import { quoteName } from './errors.ts'

/** A name that a pickle gives to a class or function of Python, such as `torch.FloatStorage`: nothing but the name. */
export class PickleName {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** Placeholder of a Python object of an unknown class: its name and what it was made from. Nothing of it runs. */
export class PickleObject {
  readonly className: string
  /** Arguments, state and elements, as the pickle gives them. */
  readonly parts: unknown[]
  /** Items, if the object is a dict, such as one of a subclass of `OrderedDict`. */
  readonly items: Map<unknown, unknown> = new Map()

  constructor(className: string, parts: unknown[]) {
    this.className = className
    this.parts = parts
  }
}

/** Gets the items of a dict or of an object that is one; undefined for every other value. */
export function getItems(value: unknown): ReadonlyMap<unknown, unknown> | undefined {
  if (value instanceof Map) return value
  return value instanceof PickleObject && value.items.size > 0 ? value.items : undefined
}

/**
 * Tests whether a value, or one that it is made from at any depth, is a match.
 *
 * @param visited containers that were searched before without a match; shared by several calls, it makes them linear in all
 */
export function hasPart(root: unknown, isMatch: (value: unknown) => boolean, visited: Set<unknown>): boolean {
  const queue: unknown[] = [root]
  while (queue.length > 0) {
    const value = queue.pop()
    if (isMatch(value)) return true
    if (typeof value !== 'object' || value === null || visited.has(value)) continue
    visited.add(value)
    if (value instanceof PickleObject) queue.push(value.parts, value.items)
    else if (Array.isArray(value)) for (const item of value) queue.push(item)
    else if (value instanceof Map) for (const item of value) queue.push(...item)
  }
  return false
}

/** Describes a value for a report or an error. */
export function describeValue(value: unknown): string {
  if (value === null) return 'None'
  if (value instanceof Map) return 'a dict'
  if (Array.isArray(value)) return 'a list'
  if (value instanceof PickleName) return quoteClass(value.name)
  if (value instanceof PickleObject) return `an object of ${quoteClass(value.className)}`
  if (value instanceof Uint8Array) return 'bytes'
  if (typeof value === 'object') return `a ${value.constructor.name}`
  return typeof value === 'string' ? `the text ${quoteName(value)}` : `the ${typeof value} ${value}`
}

/** Shortens the name of a class or function. */
export function quoteClass(name: string): string {
  return name.length > 120 ? `${name.slice(0, 120)}…` : name
}
