import { FacekpError } from '@facekp/core'
import type { z } from 'zod'

/** Where fields stand, and what an error about them is called. */
export interface Place {
  readonly code: string
  readonly file: string
  readonly line: number
  /** What has the fields: `box`, `row`. */
  readonly what: string
}

/** The fields as the schema makes them. Throws a FacekpError that names the first field that is not right. */
export function checkFields<Output>(
  schema: z.ZodType<Output>,
  fields: object,
  { code, file, line, what }: Place,
): Output {
  const checked = schema.safeParse(fields)
  if (checked.success) return checked.data
  const issue = checked.error.issues[0] as z.core.$ZodIssue
  const received =
    issue.path.length > 0 ? (fields as Record<PropertyKey, unknown>)[issue.path[0] as PropertyKey] : undefined
  throw new FacekpError({
    code,
    file,
    line,
    problem: `${what}: ${String(issue.path[0])} ${received === undefined ? 'is missing' : 'cannot be read'}`,
    received: received === undefined ? undefined : String(received),
    expected: received === undefined ? 'a value' : issue.message,
  })
}
