import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { BackendName } from '@facekp/backend'
import * as z from 'zod'

export const countOption: z.ZodCoercedNumber = z.coerce.number().int().positive()

export const backendOption: z.ZodType<BackendName | 'auto', string> = z.enum([
  'auto',
  'tensorflow',
  'webgpu',
  'onnx',
  'wasm',
  'cpu',
])

/** Names backend onnx with its setting `arena` false, where a program compares it with the default. */
export const WITHOUT_ARENA = 'onnx-without-arena'

/** Comma-separated backends, such as `wasm,onnx`. */
export const backendsOption: z.ZodType<(BackendName | 'auto')[], string> = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(backendOption))

/** Comma-separated seeds, such as `1,2,3`. */
export const seedsOption: z.ZodPipe<z.ZodString, z.ZodTransform<number[], string>> = z
  .string()
  .regex(/^\d+(,\d+)*$/, 'expected seeds such as 1,2,3')
  .transform((text) => text.split(',').map(Number))

export const flagOption: z.ZodDefault<z.ZodBoolean> = z.boolean().default(false)

const BENCHMARKS = fileURLToPath(new URL('..', import.meta.url))

/**
 * Parses the command line by a zod schema for each option. `--help` prints the comment at the beginning of the program; so does a mistake, after what is wrong, with
 * exit code 2.
 */
export function parseOptions<Shape extends z.ZodRawShape>(shape: Shape): z.infer<z.ZodObject<Shape>> {
  const names = Object.keys(shape).map((name) => [name, shape[name] === flagOption ? 'boolean' : 'string'] as const)
  const types = Object.fromEntries([...names, ['help', 'boolean'] as const].map(([name, type]) => [name, { type }]))
  try {
    const { help, ...values } = parseArgs({ args: process.argv.slice(2), options: types }).values
    if (help === undefined) return z.strictObject(shape).parse(values)
  } catch (error) {
    const problem = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message
    console.error(`${problem}\n\n${readUsage()}`)
    process.exit(2)
  }
  console.log(readUsage())
  process.exit(0)
}

/** Reads the comment at the beginning of the program that runs. */
function readUsage(): string {
  const [, comment = ''] = /^\/\*\*(.*?)\*\//s.exec(readFileSync(process.argv[1] as string, 'utf8')) ?? []
  return comment.replaceAll(/^ \* ?/gm, '').trim()
}

/** `--out DIR`: the folder of the results (default: benchmarks/). */
export const outOption: z.ZodDefault<z.ZodString> = z.string().default(BENCHMARKS)
