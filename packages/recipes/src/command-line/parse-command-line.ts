import { parseArgs } from 'node:util'
import { checkArgument, FacekpError, nearestName, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { firstIssue } from '@facekp/options'
import type * as z from 'zod'

const PARSE_COMMAND_LINE_COMMAND_LINE = objectKind({ usage: KINDS.string, options: KINDS.object })

/** An option of a command line, such as `--time-limit 5` for the name `timeLimit`. */
export interface CommandOption<Schema extends z.ZodType = z.ZodType> {
  /** Parses the text after the option; a schema of booleans makes a flag, one of arrays an option that may be repeated. */
  readonly schema: Schema
  /** Name of the value in the help, such as `DIR`; absent for flags. */
  readonly value?: string
  readonly help: string
}

export interface CommandLine<Options extends Readonly<Record<string, CommandOption>>> {
  /** The command and what it does: the first line of the help. */
  readonly usage: string
  readonly options: Options
  /** Name of the arguments that are not options, such as `RUN`; if absent, such arguments are errors. */
  readonly positionals?: string
}

/** The values of the options by name, and the other arguments. */
export type ParsedCommandLine<Options extends Readonly<Record<string, CommandOption>>> = {
  readonly [Name in keyof Options]: z.output<Options[Name]['schema']>
} & { readonly positionals: readonly string[] }

/** Least width of the first column of the help. */
const COLUMN = 18

/**
 * Parses the options of a command line. `--help` prints the help and ends the process.
 *
 * @throws FacekpError `OPTION_INVALID` naming the option, what was received and what is expected
 *
 * @example
 * ```ts
 * const { out } = parseCommandLine(process.argv.slice(2), {
 *   usage: 'train: trains a network',
 *   options: { out: { schema: z.string().default('runs/one'), value: 'DIR', help: 'folder of the run' } },
 * })
 * ```
 */
export function parseCommandLine<Options extends Readonly<Record<string, CommandOption>>>(
  args: readonly string[],
  commandLine: CommandLine<Options>,
): ParsedCommandLine<Options> {
  checkArgument(KINDS.strings, args, 'args', 'parseCommandLine')
  checkArgument(PARSE_COMMAND_LINE_COMMAND_LINE, commandLine, 'commandLine', 'parseCommandLine')
  const { usage, options, positionals: positionalName } = commandLine
  const help = formatHelp(options)
  const { values, positionals } = readArgs(args, options, help)
  if (values['help']) {
    console.log(`${usage}\n\nOptions:\n${help}`)
    process.exit(0)
  }
  checkPositionals(positionals, positionalName, usage)
  const entries = Object.entries(options).map(([name, { schema }]) => {
    const value = values[toFlag(name)]
    const parsed = schema.safeParse(value)
    if (parsed.success) return [name, parsed.data] as const
    const { expected, received } = firstIssue(parsed.error, value, schema)
    throw new FacekpError({ code: 'OPTION_INVALID', problem: `option --${toFlag(name)}`, expected, received })
  })
  return { ...Object.fromEntries(entries), positionals } as ParsedCommandLine<Options>
}

function readArgs(
  args: readonly string[],
  options: Readonly<Record<string, CommandOption>>,
  help: string,
): { readonly values: Readonly<Record<string, unknown>>; readonly positionals: readonly string[] } {
  const types = Object.entries(options).map(([name, { schema }]) => [toFlag(name), argType(schema)] as const)
  try {
    return parseArgs({
      // pnpm passes on the -- that may precede the options of a script.
      args: attachNegativeNumbers(args[0] === '--' ? args.slice(1) : args),
      options: { ...Object.fromEntries(types), help: { type: 'boolean' } },
      allowPositionals: true,
    })
  } catch (cause) {
    const problem = describeParseError((cause as Error).message)
    const [, name] = /^Unknown option '--([^']+)'/.exec(problem) ?? []
    const nearest =
      name &&
      nearestName(
        name,
        types.map(([flag]) => flag),
      )
    const details = nearest
      ? { received: `an unknown name: did you mean --${nearest}?` }
      : { expected: `options such as\n${help}` }
    throw new FacekpError({ code: 'OPTION_INVALID', problem, ...details, cause })
  }
}

function argType(schema: z.ZodType): { readonly type: 'boolean' | 'string'; readonly multiple: boolean } {
  return {
    type: schema.safeParse(true).success ? 'boolean' : 'string',
    multiple: schema.safeParse([]).success,
  }
}

/** Converts `timeLimit` to `time-limit`. */
function toFlag(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

function formatHelp(options: Readonly<Record<string, CommandOption>>): string {
  const rows = Object.entries(options).map(([name, { value, help }]) => ({
    option: `--${toFlag(name)}${value ? ` ${value}` : ''}`,
    help,
  }))
  const column = Math.max(COLUMN, ...rows.map(({ option }) => option.length))
  const lines = rows.map(({ option, help }) => `  ${option.padEnd(column)} ${help}`)
  return [...lines, '  --help'].join('\n')
}

function checkPositionals(positionals: readonly string[], name: string | undefined, usage: string): void {
  if (name === undefined && positionals.length === 0) return
  if (name !== undefined && positionals.length > 0) return
  const received = positionals.length > 0 ? positionals.join(' ') : 'none'
  const expected = name === undefined ? 'options only' : `one ${name} or more`
  throw new FacekpError({ code: 'OPTION_INVALID', problem: `invalid arguments of ${usage}`, received, expected })
}

/** Attaches a negative number to the option before it, `--seed -1` as `--seed=-1`: `parseArgs` takes it for an option. */
function attachNegativeNumbers(args: readonly string[]): string[] {
  return args.flatMap((arg, i) => {
    if (isNegative(arg) && args[i - 1]?.startsWith('--')) return []
    const next = args[i + 1]
    return next !== undefined && isNegative(next) && arg.startsWith('--') ? [`${arg}=${next}`] : [arg]
  })
}

function isNegative(arg: string): boolean {
  return /^-\d/.test(arg)
}

/** Returns the first sentence of an error of `parseArgs`. */
function describeParseError(message: string): string {
  const [, name] = /^Option '(--\S+).*' argument is ambiguous/.exec(message) ?? []
  if (name) return `${name} has no value: the next argument is another option`
  return message.split(/\.?\s*(?:\. |\n)/)[0] ?? 'invalid options'
}
