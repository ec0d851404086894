import type { Command } from 'commander'

/** How a command is called, and what `--help` says about it. */
export interface CommandDescription {
  /** Name and arguments, such as `check [data...]`. */
  readonly usage: string
  /** The list of commands shows what is before the first semicolon, colon or end of a sentence. */
  readonly description: string
  /** A complete call, which the help shows. */
  readonly example: string
}

/** Adds a command with option `--json` and an example in its help. */
export function defineCommand(program: Command, { usage, description, example }: CommandDescription): Command {
  return program
    .command(usage)
    .description(description)
    .summary(description.split(/[;:]|\. /)[0] as string)
    .option('--json', 'print the result as JSON')
    .showHelpAfterError(`  see facekp ${usage.split(' ')[0]} --help`)
    .addHelpText('after', `\nExample:\n  $ ${example}`)
}
