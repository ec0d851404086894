/** A signal that Ctrl-C aborts. */
export interface Interrupt {
  readonly signal: AbortSignal
  /** Stops listening. */
  readonly dispose: () => void
}

/**
 * Ctrl-C (SIGINT) and SIGTERM abort the signal instead of ending the program, so that it can keep what is done; a second
 * one ends it as usual.
 *
 * @example
 * ```ts
 * const interrupt = abortOnInterrupt()
 * const { interrupted } = await train({ ...settings, signal: interrupt.signal })
 * interrupt.dispose()
 * ```
 */
export function abortOnInterrupt(): Interrupt {
  const controller = new AbortController()
  const dispose = (): void => {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
  }
  const onSignal = (): void => {
    dispose()
    controller.abort()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return { signal: controller.signal, dispose }
}
