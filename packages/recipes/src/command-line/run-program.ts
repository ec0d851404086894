import { isFacekpError } from '@facekp/core'

/** Runs a program's main function. After a `FacekpError`, prints its message on one line, without a stack trace, and ends with exit code 1. */
export async function runProgram(main: () => Promise<void>): Promise<void> {
  try {
    await main()
  } catch (error) {
    if (!isFacekpError(error)) throw error
    console.error(`\n${error.message}`)
    process.exitCode = 1
  }
}
