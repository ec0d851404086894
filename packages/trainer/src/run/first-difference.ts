/** Two values that differ, and where within the JSON that holds them, such as `optimizer.momentum`. */
export interface Difference {
  readonly place: string
  readonly before: unknown
  readonly now: unknown
}

/** The first place at which two values of plain JSON differ, as deep within them as both go; undefined where they are the same. */
export function firstDifference(before: unknown, now: unknown, place = ''): Difference | undefined {
  if (!isBranch(before) || !isBranch(now) || Array.isArray(before) !== Array.isArray(now)) {
    return Object.is(before, now) ? undefined : { place, before, now }
  }
  for (const name of Object.keys({ ...before, ...now })) {
    const within = Array.isArray(before) ? `${place}[${name}]` : [place, name].filter(Boolean).join('.')
    const difference = firstDifference(before[name], now[name], within)
    if (difference) return difference
  }
  return undefined
}

function isBranch(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
