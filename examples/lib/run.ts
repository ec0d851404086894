import { isFacekpError } from '@facekp/core'

/** Runs an example's main function; bad input ends it with the one line that says what would do, not with a stack. */
export async function runExample(main: () => Promise<void>): Promise<void> {
  try {
    await main()
  } catch (error) {
    if (!isFacekpError(error)) throw error
    console.error(`\n${error.message}`)
    process.exitCode = 1
  }
}
