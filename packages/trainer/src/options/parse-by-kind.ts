import { parseOptions } from '@facekp/options'
import type * as z from 'zod/mini'

/**
 * Parses the options of a loss or an optimizer with the schema of its settings, which has its `kind` too.
 *
 * @throws `TRAIN_OPTION` naming the first invalid option
 */
export function parseByKind<Options>(schema: z.ZodMiniType<{ kind: string }>, kind: string, options: Options): Options {
  const value = options instanceof Object ? { ...options, kind } : options
  parseOptions({ schema, value, code: 'TRAIN_OPTION', name: kind })
  return options
}
