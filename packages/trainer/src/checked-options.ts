import { parseOptions } from '@facekp/options'
import type { z } from 'zod'

/** Parses options of `name`. Throws `TRAIN_OPTION`, which names the invalid option. */
export function checkedOptions<Options>(schema: z.ZodType<Options>, options: unknown, name?: string): Options {
  return parseOptions({ schema, value: options, code: 'TRAIN_OPTION', name })
}

/** Options of what a schema tells by its `kind`, without it. Throws as {@link checkedOptions}. */
export function checkedByKind<Options>(schema: z.ZodType<{ kind: string }>, kind: string, options: Options): Options {
  checkedOptions(schema, options instanceof Object ? { ...options, kind } : options, kind)
  return options
}
