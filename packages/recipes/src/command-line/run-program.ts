import { checkArgument, isFacekpError } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { endOnOutputError, ignoreOutputError } from '@facekp/progress'

/**
 * Runs a program's main function. A `FacekpError` ends it with its message on one line and exit code 1 instead of a stack. So does an
 * output that cannot be written, but for that of a pipe whose reader has ended, such as `| head -1`: it ends the program quietly.
 */
export async function runProgram(main: () => Promise<void>): Promise<void> {
  checkArgument(KINDS.function, main, 'main', 'runProgram')
  endOnOutputError(process.stdout)
  ignoreOutputError(process.stderr)
  try {
    await main()
  } catch (error) {
    if (!isFacekpError(error)) throw error
    console.error(`\n${error.message}`)
    process.exitCode = 1
  }
}
