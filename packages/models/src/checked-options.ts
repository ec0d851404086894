import { parseOptions } from '@facekp/options'
import type { z } from 'zod'

/** Parses the options of the model `name`. Throws `MODEL_OPTIONS`, which names the invalid option. */
export function checkedOptions<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  options: unknown,
): z.output<Schema> {
  return parseOptions({ schema, value: options, code: 'MODEL_OPTIONS', name })
}
