import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'

export const countOption: z.ZodCoercedNumber = z.coerce.number().int().positive()

/** Comma-separated names. */
export const listOption: z.ZodPipe<z.ZodString, z.ZodTransform<string[], string>> = z
  .string()
  .transform((text) => text.split(','))

/** Comma-separated seeds, such as `1,2,3`. */
export const seedsOption: z.ZodPipe<z.ZodString, z.ZodTransform<number[], string>> = z
  .string()
  .regex(/^\d+(,\d+)*$/, 'expected seeds such as 1,2,3')
  .transform((text) => text.split(',').map(Number))

export const flagOption: z.ZodDefault<z.ZodBoolean> = z.boolean().default(false)

const BENCHMARKS = fileURLToPath(new URL('..', import.meta.url))

/** Parses the command line. Every benchmark also has `--out DIR`, the folder of its results (default: this one). */
export function parseOptions<Shape extends z.ZodRawShape>(
  shape: Shape,
): z.infer<z.ZodObject<Shape>> & { readonly out: string } {
  const names = [...Object.keys(shape), 'out']
  const config = Object.fromEntries(
    names.map((name) => [name, { type: shape[name] === flagOption ? ('boolean' as const) : ('string' as const) }]),
  )
  const { out = BENCHMARKS, ...values } = parseArgs({ options: config }).values
  return { ...z.strictObject(shape).parse(values), out: String(out) } as z.infer<z.ZodObject<Shape>> & { out: string }
}
