import { FacekpError, isFacekpError } from '@facekp/core'

/**
 * Runs a program's main function. A `FacekpError` ends it with its message on one line and exit code 1 instead of a stack. So does an
 * output that cannot be written, but for that of a pipe whose reader has ended, such as `| head -1`: it ends the program quietly.
 */
export async function runProgram(main: () => Promise<void>): Promise<void> {
  process.stdout.on('error', endOnOutputError)
  try {
    await main()
  } catch (error) {
    if (!isFacekpError(error)) throw error
    console.error(`\n${error.message}`)
    process.exitCode = 1
  }
}

function endOnOutputError(cause: NodeJS.ErrnoException): void {
  if (cause.code === 'EPIPE') process.exit(0)
  const { message } = new FacekpError({
    code: 'OUTPUT_NOT_WRITTEN',
    problem: 'cannot write the standard output',
    received: cause.message,
    expected: 'a terminal, a pipe, or a file on a disk with free space',
  })
  console.error(`\n${message}`)
  process.exit(1)
}
