import { FacekpError } from '@facekp/core'
import type { z } from 'zod'
import { firstIssue } from './settings-problem.ts'

/** Options as a schema has them. Throws `TRAIN_OPTION` naming the option that cannot be used, and of what it is one. */
export function checkedOptions<Options>(schema: z.ZodType<Options>, options: unknown, of?: string): Options {
  const parsed = schema.safeParse(options)
  if (parsed.success) return parsed.data
  const { place, received, why } = firstIssue(parsed.error, options)
  const problem = `${place ? `option ${place}` : 'the options'}${of ? ` of ${of}` : ''} cannot be used: ${why}`
  throw new FacekpError({ code: 'TRAIN_OPTION', problem, received })
}

/** Options of what a schema tells by its `kind`, without it. Throws as {@link checkedOptions}. */
export function checkedByKind<Options>(schema: z.ZodType<{ kind: string }>, kind: string, options: Options): Options {
  checkedOptions(schema, options instanceof Object ? { ...options, kind } : options, kind)
  return options
}
