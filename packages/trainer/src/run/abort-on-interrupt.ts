/** Signals that follow each other so closely are one. */
const SAME_MS = 1000

/** A signal that Ctrl-C aborts. */
export interface Interrupt {
  readonly signal: AbortSignal
  /** Stops listening. */
  readonly dispose: () => void
}

/**
 * Ctrl-C (SIGINT) and SIGTERM abort the signal instead of ending the program, so that it can keep what is done. Another one, a second
 * or more later, ends it as usual; sooner it is taken for the same: programs in between, such as pnpm, send it once more.
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
  let first: number | undefined
  const onSignal = (name: NodeJS.Signals): void => {
    first ??= performance.now()
    controller.abort()
    if (performance.now() - first < SAME_MS) return
    dispose()
    process.kill(process.pid, name)
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return { signal: controller.signal, dispose }
}
