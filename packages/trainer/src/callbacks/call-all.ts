/** Calls functions in turn and awaits each, also after one has thrown; then throws what the first of these threw. */
export async function callAll(functions: readonly (() => unknown)[]): Promise<void> {
  const errors: unknown[] = []
  for (const call of functions) {
    try {
      await call()
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw errors[0]
}
