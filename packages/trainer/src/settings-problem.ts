import type { z } from 'zod'

/** What is wrong in settings: where, such as `optimizer.momentum`, what was found there, and why it cannot be used. */
export interface SettingsProblem {
  readonly place: string
  readonly received: string
  readonly why: string
}

/** The first thing that is wrong in `settings`, as deep within them as can be told. */
export function firstIssue({ issues }: z.core.$ZodError, settings: unknown): SettingsProblem {
  const { path, message } = deepest(issues[0] as z.core.$ZodIssue)
  const place = path.reduce<string>(
    (so, key) => (typeof key === 'number' ? `${so}[${key}]` : so === '' ? String(key) : `${so}.${String(key)}`),
    '',
  )
  const found = path.reduce(
    (value: unknown, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    settings,
  )
  return { place, received: told(found), why: message }
}

/** What is neither of some kinds is taken for the one that it follows furthest, and a strange key for the place. */
function deepest(issue: z.core.$ZodIssue): Pick<z.core.$ZodIssue, 'path' | 'message'> {
  if (issue.code === 'unrecognized_keys') {
    return { path: [...issue.path, issue.keys[0] as string], message: 'there is no such setting' }
  }
  if (issue.code !== 'invalid_union') return issue
  const within = issue.errors.flatMap(([first]) => (first ? [deepest(first)] : []))
  const further = within.filter(({ path }) => path.length > 0).sort((a, b) => b.path.length - a.path.length)[0]
  return further ? { path: [...issue.path, ...further.path], message: further.message } : issue
}

/** A value as an error tells it. */
export function told(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
