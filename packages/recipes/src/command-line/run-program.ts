import { isFacekpError } from '@facekp/core'

/** Runs a program's main function. A `FacekpError` ends it with its message on one line and exit code 1 instead of a stack. */
export async function runProgram(main: () => Promise<void>): Promise<void> {
  try {
    await main()
  } catch (error) {
    if (!isFacekpError(error)) throw error
    console.error(`\n${error.message}`)
    process.exitCode = 1
  }
}
