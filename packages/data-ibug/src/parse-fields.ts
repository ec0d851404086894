import { FacekpError } from '@facekp/core'
import type { z } from 'zod'

/** Where fields were read, for errors. */
export interface FieldLocation {
  readonly code: string
  readonly file: string
  readonly line: number
  /** What holds the fields, such as `box` or `row`. */
  readonly element: string
}

/** Parses fields by a schema. Throws a FacekpError that names the first invalid field. */
export function parseFields<Output>(
  schema: z.ZodType<Output>,
  fields: object,
  { code, file, line, element }: FieldLocation,
): Output {
  const result = schema.safeParse(fields)
  if (result.success) return result.data
  const issue = result.error.issues[0] as z.core.$ZodIssue
  const [name] = issue.path
  const value = name === undefined ? undefined : (fields as Record<PropertyKey, unknown>)[name]
  if (value === undefined) {
    const problem = `${element}: ${String(name)} is missing`
    throw new FacekpError({ code, file, line, problem, expected: 'a value', cause: result.error })
  }
  throw new FacekpError({
    code,
    file,
    line,
    problem: `${element}: invalid ${String(name)}`,
    received: String(value),
    expected: issue.message,
    cause: result.error,
  })
}
