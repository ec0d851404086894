import { FacekpError } from '@facekp/core'
import type * as z from 'zod/mini'
import { safeParse } from 'zod/mini'
import { firstIssue } from './first-issue.ts'

/** What is parsed, and what an error says about it. */
export interface ParseSettings<Schema extends z.core.$ZodType> {
  readonly schema: Schema
  readonly value: unknown
  /** Code of the error, such as `TRAIN_OPTION`. */
  readonly code: string
  /** What the options belong to, such as `train` or `blurPool`. */
  readonly name?: string | undefined
  /** What a value is called in the error: `option` (default), `parameter`, `field` ... */
  readonly noun?: string | undefined
  /** File that the value was read from. */
  readonly file?: string | undefined
  /** Line in that file, from 1. */
  readonly line?: number | undefined
}

/**
 * Parses a value with a schema, and reports the first invalid option.
 *
 * @returns what the schema makes of the value, defaults filled in
 * @throws FacekpError with `code`; its text is `option PATH of NAME: expected ..., received ...`
 * @example
 * ```ts
 * const schema = z.strictObject({ epochs: z.int().positive() })
 * parseOptions({ schema, value: { epochs: 0 }, code: 'TRAIN_OPTION' }) // option epochs: expected a number above 0, received 0
 * ```
 */
export function parseOptions<Schema extends z.core.$ZodType>(settings: ParseSettings<Schema>): z.output<Schema> {
  const { schema, value, code, name, noun = 'option', file, line } = settings
  const parsed = parseShallow(settings)
  if (parsed.success) return parsed.data
  const { path, expected, received } = firstIssue(parsed.error, value, schema)
  const subject = path === '' ? `${noun}s` : `${noun} ${path}`
  const problem = name === undefined ? subject : `${subject} of ${name}`
  throw new FacekpError({ code, problem, expected, received, file, line })
}

/** Parses a value. One that contains itself, or is deeper than the stack, is an error too. */
function parseShallow<Schema extends z.core.$ZodType>({
  schema,
  value,
  code,
  name,
  file,
}: ParseSettings<Schema>): z.core.util.SafeParseResult<z.output<Schema>> {
  try {
    return safeParse(schema, value)
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new FacekpError({
      code,
      problem: `${name ?? 'the value'} is nested too deeply`,
      file,
      received: cause.message,
      expected: 'values within values to a depth of some hundreds at most',
      cause,
    })
  }
}
