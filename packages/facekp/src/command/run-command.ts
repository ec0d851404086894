import { isFacekpError } from '@facekp/core'
import { CommanderError } from 'commander'
import type { CommandContext, CommandStreams } from './command-context.ts'
import { createProgram } from './create-program.ts'
import { formatError } from './format-error.ts'
import { translateOptions } from './translate-options.ts'

/** Exit codes of the command. */
const EXIT_CODES = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const

/** Codes of errors about a value on the command line. */
const USAGE_ERRORS: ReadonlySet<string> = new Set(['BACKEND_UNKNOWN', 'OPTION_INVALID', 'SHARD_UNKNOWN'])

/**
 * Runs the command `facekp`.
 *
 * @param args arguments after the name of the command
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted
 */
export async function runCommand(args: readonly string[], streams: CommandStreams): Promise<number> {
  let exitCode: number = EXIT_CODES.done
  const context: CommandContext = {
    ...streams,
    report({ json = false }, { text, json: value, isSuccess = true, isPrinted = true }) {
      if (isPrinted) streams.stdout.write(json ? `${JSON.stringify(value)}\n` : `${text}\n`)
      else streams.stderr.write(`${text}\n`)
      if (!isSuccess) exitCode = EXIT_CODES.failed
    },
  }
  try {
    await createProgram(context).parseAsync(args, { from: 'user' })
    return streams.signal.aborted ? EXIT_CODES.interrupted : exitCode
  } catch (error) {
    return reportFailure(error, args.includes('--json'), streams)
  }
}

/** Prints an error and returns the exit code. An error that is not about the input is a fault of the program, and shows its stack. */
function reportFailure(error: unknown, isJson: boolean, { stdout, stderr, signal }: CommandStreams): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.usage
  // A prompt reads Ctrl-C as a key.
  if (signal.aborted || isFacekpError(error, 'INIT_CANCELED')) {
    stderr.write('interrupted\n')
    return EXIT_CODES.interrupted
  }
  if (!isFacekpError(error)) {
    stderr.write(`${(error as Error).stack ?? String(error)}\n`)
    return EXIT_CODES.failed
  }
  stderr.write(`error: ${formatError(error)}\n`)
  const { code, problem, file, line, expected, received } = translateOptions(error)
  if (isJson) stdout.write(`${JSON.stringify({ error: { code, problem, file, line, expected, received } })}\n`)
  return USAGE_ERRORS.has(code) ? EXIT_CODES.usage : EXIT_CODES.failed
}
