import { parseArgs } from 'node:util'
import type { BackendName } from '@facekp/backend'
import { FacekpError } from '@facekp/core'
import { z } from 'zod'

/** A whole number on a command line. */
export const wholeNumber: z.ZodType<number, string> = z
  .string()
  .regex(/^-?\d+$/, 'not a whole number')
  .transform(Number)

/** The name of a backend on a command line. */
export const backendOption: z.ZodType<BackendName | 'auto', string | undefined> = z
  .enum(['auto', 'tensorflow', 'webgpu', 'onnx', 'wasm', 'cpu'])
  .default('auto')

/** What every part of the course takes on its command line. */
const common = {
  data: z.string().optional(),
  recipe: z.enum(['course', 'tuned']).default('tuned'),
  epochs: wholeNumber.pipe(z.number().positive('not a whole number from 1 on')).optional(),
  seed: wholeNumber.pipe(z.number().nonnegative('not a whole number from 0 on')).default(1),
  backend: backendOption,
  out: z.string().optional(),
}

export interface Options<Recipe extends string = string> {
  readonly data?: string | undefined
  readonly recipe: Recipe
  readonly epochs?: number | undefined
  readonly seed: number
  readonly backend: BackendName | 'auto'
  readonly out?: string | undefined
}

const OPTIONS = `\
  --data DIR      the folder of the data set (default: $FACEKP_DATA, ../shared/data; parts 1 and 2: else drawn faces)
  --recipe NAME   course (the course's own settings) or tuned (default)
  --epochs N      default: the recipe's
  --seed N        default: 1
  --backend NAME   auto (default), tensorflow, webgpu, onnx, wasm, cpu
  --out DIR       where the results go (default: runs/PART-RECIPE)`

/** Options of a command line: those with a value as text, and flags, which are booleans. */
export interface CommandLine<Shape extends z.ZodRawShape> {
  readonly shape: Shape
  /** Their lines of the help. */
  readonly help: string
}

/** What every part takes, as a part may narrow it, and what it takes beside. */
export type ParsedOptions<Shape extends z.ZodRawShape> = Omit<Options<'course' | 'tuned'>, keyof Shape> &
  z.output<z.ZodObject<Shape>>

/** The options of a part of the course, with what it takes beside; as {@link parseCommandLine}. */
export function parseOptions<Shape extends z.ZodRawShape = Record<never, never>>(
  args: readonly string[],
  usage: string,
  more?: CommandLine<Shape>,
): ParsedOptions<Shape> {
  const help = more ? `${OPTIONS}\n${more.help}` : OPTIONS
  const parsed = parseCommandLine(args, usage, { shape: { ...common, ...more?.shape }, help })
  return parsed as unknown as ParsedOptions<Shape>
}

/**
 * The options of a command line. Prints the help and ends the process where it is asked for.
 * Throws `OPTION_INVALID` naming the option, what was given and what would do.
 */
export function parseCommandLine<Shape extends z.ZodRawShape>(
  args: readonly string[],
  usage: string,
  { shape, help: lines }: CommandLine<Shape>,
): z.output<z.ZodObject<Shape>> {
  const schema = z.object(shape)
  const help = `${lines}\n  --help`
  const isFlag = (type: z.core.$ZodType): boolean => z.safeParse(type, true).success
  const types = Object.entries(schema.shape).map(
    ([name, type]) => [name, { type: isFlag(type) ? 'boolean' : 'string' }] as const,
  )
  let values: Record<string, unknown>
  try {
    values = parseArgs({
      // pnpm hands on the -- that may stand before a script's options.
      args: joinedNumbers(args[0] === '--' ? args.slice(1) : args),
      options: { ...Object.fromEntries(types), help: { type: 'boolean' } },
    }).values
  } catch (cause) {
    const problem = problemOf((cause as Error).message)
    throw new FacekpError({ code: 'OPTION_INVALID', problem, expected: `options such as\n${help}`, cause })
  }
  if (values['help']) {
    console.log(`${usage}\n\nOptions:\n${help}`)
    process.exit(0)
  }
  const parsed = schema.safeParse(values)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const name = String(issue?.path[0])
  throw new FacekpError({
    code: 'OPTION_INVALID',
    problem: `--${name} cannot be ${JSON.stringify(values[name])}: ${issue?.message}`,
    expected: `options such as\n${help}`,
  })
}

/** A number below 0 goes to the option before it, `--seed -1` as `--seed=-1`: `parseArgs` takes it for an option of its own. */
function joinedNumbers(args: readonly string[]): string[] {
  return args.flatMap((arg, i) => {
    if (isNegative(arg) && args[i - 1]?.startsWith('--')) return []
    const next = args[i + 1]
    return next !== undefined && isNegative(next) && arg.startsWith('--') ? [`${arg}=${next}`] : [arg]
  })
}

function isNegative(arg: string): boolean {
  return /^-\d/.test(arg)
}

/** The first sentence of what `parseArgs` says, or what it means by it. */
function problemOf(message: string): string {
  const [, name] = /^Option '(--\S+).*' argument is ambiguous/.exec(message) ?? []
  if (name) return `${name} has no value: what follows it is another option`
  return message.split(/\.?\s*(?:\. |\n)/)[0] ?? 'the options cannot be read'
}
