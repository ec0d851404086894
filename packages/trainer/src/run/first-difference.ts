/** Two values that differ, and their path within the JSON that contains them, such as `optimizer.momentum`. */
export interface Difference {
  readonly path: string
  readonly before: unknown
  readonly after: unknown
}

/** Finds the first path at which two values of plain JSON differ, as deep as both go; undefined if they are equal. */
export function firstDifference(before: unknown, after: unknown, path = ''): Difference | undefined {
  if (!isBranch(before) || !isBranch(after) || Array.isArray(before) !== Array.isArray(after)) {
    return before === after ? undefined : { path, before, after }
  }
  for (const name of Object.keys({ ...before, ...after })) {
    const childPath = Array.isArray(before) ? `${path}[${name}]` : [path, name].filter(Boolean).join('.')
    const difference = firstDifference(before[name], after[name], childPath)
    if (difference) return difference
  }
  return undefined
}

function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
