import { FacekpError } from '@facekp/core'
import { z } from 'zod'

/** Options as a schema has them. Throws `MODEL_OPTIONS` naming what is wrong. */
export function checkedOptions<Schema extends z.ZodType>(
  what: string,
  schema: Schema,
  options: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(options)
  if (parsed.success) return parsed.data
  throw new FacekpError({
    code: 'MODEL_OPTIONS',
    problem: `there is no such ${what}`,
    received: JSON.stringify(options),
    expected: z.prettifyError(parsed.error),
  })
}
