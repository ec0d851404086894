import { parseOptions } from '@facekp/options'
import type * as z from 'zod/mini'

/** Checks an object from a file. Throws `ANNOTATIONS_INVALID` that names the file, the field within it, and what was received. */
export function parseFields<Output>(schema: z.ZodMiniType<Output>, value: unknown, file: string): Output {
  return parseOptions({ schema, value, code: 'ANNOTATIONS_INVALID', noun: 'field', file })
}
