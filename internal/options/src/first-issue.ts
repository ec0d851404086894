import { describeUnknownName, formatValue } from '@facekp/core'
import type * as z from 'zod/mini'
import { deepestIssue } from './deepest-issue.ts'
import { describeExpected } from './expected.ts'
import { listKnownKeys } from './known-keys.ts'

/** An invalid option. */
export interface OptionIssue {
  /** Path within the options, such as `optimizer.momentum` or `sizes[1]`; empty for the options as a whole. */
  readonly path: string
  /** Absent if `received` says it all. */
  readonly expected?: string
  readonly received: string
}

/**
 * Describes the first issue of a zod error: an unknown name if there is one, otherwise an invalid value.
 *
 * @param error of `safeParse(value)`
 * @param value what was parsed
 * @param schema names the keys that are known when the value has an unknown one
 */
export function firstIssue(error: z.core.$ZodError, value: unknown, schema?: z.core.$ZodType): OptionIssue {
  // A misspelled name says more than the value that is missing for it.
  const misspelled = error.issues.find(({ code }) => code === 'unrecognized_keys')
  const issue = deepestIssue(misspelled ?? (error.issues[0] as z.core.$ZodIssue))
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] as string
    const known = schema ? listKnownKeys(schema, value, issue.path) : []
    return { path: formatPath([...issue.path, key]), ...describeUnknownName(key, known) }
  }
  const received = issue.path.reduce<unknown>(
    (part, key) => (part as Record<PropertyKey, unknown> | null | undefined)?.[key],
    value,
  )
  return { path: formatPath(issue.path), expected: describeExpected(issue), received: formatValue(received) }
}

/** Describes the first issue of a zod error as `PATH: expected ..., received ...`. */
export function describeFirstIssue(error: z.core.$ZodError, value: unknown): string {
  const { path, expected, received } = firstIssue(error, value)
  const details = expected === undefined ? `received ${received}` : `expected ${expected}, received ${received}`
  return path === '' ? details : `${path}: ${details}`
}

/** Joins keys and indices as `a.b[0].c`. */
function formatPath(path: readonly PropertyKey[]): string {
  let text = ''
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`
    else text += text === '' ? String(key) : `.${String(key)}`
  }
  return text
}
