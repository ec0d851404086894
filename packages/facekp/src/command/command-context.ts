import type { ProgressStream } from '@facekp/progress'

/** Where a command reads and writes. */
export interface CommandStreams {
  readonly stdin: NodeJS.ReadableStream
  /** Results. */
  readonly stdout: NodeJS.WritableStream
  /** Progress and errors. */
  readonly stderr: ProgressStream
  /** Ends the command, as Ctrl-C does. */
  readonly signal: AbortSignal
}

/** The result of a command, for people and for machines. */
export interface CommandResult {
  readonly text: string
  readonly json: unknown
  /** False if the command found a fault in what it checked (default true). */
  readonly isSuccess?: boolean
  /** False if the command has printed to stdout itself: the text then goes to stderr (default true). */
  readonly isPrinted?: boolean
}

/** What the action of a command works with. */
export interface CommandContext extends CommandStreams {
  /** Prints a result and sets the exit code. */
  report(flags: { readonly json?: boolean }, result: CommandResult): void
}
