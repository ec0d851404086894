import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { isFacekpError } from '@facekp/core'
import { CommanderError } from 'commander'
import type { CommandContext, CommandStreams } from './command-context.ts'
import { createProgram } from './create-program.ts'
import { formatError } from './format-error.ts'
import { translateOptions } from './translate-options.ts'

/** Exit codes of the command. */
const EXIT_CODES = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const

/** Commands that save or undo their work after Ctrl-C, or close what they opened. Others are given up if they do not end soon. */
const SAVING_COMMANDS: ReadonlySet<string | undefined> = new Set(['convert', 'train', 'sweep', 'worker', 'studio'])

/** Milliseconds after Ctrl-C after which a command is given up. */
const GIVE_UP_MS = 500

/** Codes of errors about a value on the command line. */
const USAGE_ERRORS: ReadonlySet<string> = new Set(['OPTION_INVALID', 'SHARD_UNKNOWN'])

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
    const work = createProgram(context).parseAsync(args, { from: 'user' })
    await (SAVING_COMMANDS.has(args[0]) ? work : Promise.race([work, giveUp(streams.signal)]))
    if (streams.signal.aborted) return reportInterrupt(streams)
    return exitCode
  } catch (error) {
    return reportFailure(error, args.includes('--json'), streams)
  }
}

/** Throws some time after a signal was aborted. All files are written completely or not at all, so a command may be given up at any time. */
async function giveUp(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort')
  await setTimeout(GIVE_UP_MS)
  throw signal.reason
}

function reportInterrupt({ stderr }: CommandStreams): number {
  stderr.write('interrupted\n')
  return EXIT_CODES.interrupted
}

/** Prints an error and returns the exit code. An error that is not about the input is a fault of the program, and shows its stack. */
function reportFailure(error: unknown, isJson: boolean, streams: CommandStreams): number {
  const { stdout, stderr, signal } = streams
  if (error instanceof CommanderError) return reportUsage(error, isJson, stdout)
  // A prompt reads Ctrl-C as a key.
  if ((signal.aborted && isAbort(error)) || isFacekpError(error, 'INIT_CANCELED')) return reportInterrupt(streams)
  if (!isFacekpError(error)) {
    stderr.write(`${(error as Error).stack ?? String(error)}\n`)
    return EXIT_CODES.failed
  }
  stderr.write(`error: ${formatError(error)}\n`)
  const { code, problem, file, line, expected, received } = translateOptions(error)
  if (isJson) stdout.write(`${JSON.stringify({ error: { code, problem, file, line, expected, received } })}\n`)
  return USAGE_ERRORS.has(code) ? EXIT_CODES.usage : EXIT_CODES.failed
}

/** Returns the exit code of a command line that was not understood, about which the parser has printed an error, or of a help text. */
function reportUsage({ exitCode, message }: CommanderError, isJson: boolean, stdout: CommandStreams['stdout']): number {
  if (exitCode === 0) return EXIT_CODES.done
  const problem = message.replace(/^error: /, '')
  if (isJson) stdout.write(`${JSON.stringify({ error: { code: 'OPTION_INVALID', problem } })}\n`)
  return EXIT_CODES.usage
}

/** Tests whether an aborted signal caused an error. */
function isAbort(error: unknown): boolean {
  const { name, cause } = (error ?? {}) as Partial<Error>
  return name === 'AbortError' || (cause !== undefined && isAbort(cause))
}
