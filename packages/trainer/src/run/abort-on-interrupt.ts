const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Milliseconds within which repeated signals count as one. */
const REPEAT_MS = 1000

/** A signal that Ctrl-C aborts. */
export interface Interrupt {
  readonly signal: AbortSignal
  /** Stops listening. */
  readonly dispose: () => void
}

/**
 * Aborts a signal on Ctrl-C (SIGINT), SIGTERM or a closed terminal (SIGHUP) instead of ending the program, so that it can save its work. A second one ends the
 * program as usual, unless it comes within a second: programs in between, such as pnpm, send the first one again.
 *
 * @example
 * ```ts
 * import { type TrainOptions, train } from '@facekp/trainer'
 * import { abortOnInterrupt } from '@facekp/trainer/node'
 *
 * export async function trainUntilInterrupt(options: TrainOptions) {
 *   const interrupt = abortOnInterrupt()
 *   const result = await train({ ...options, signal: interrupt.signal })
 *   interrupt.dispose()
 *   return result
 * }
 * ```
 */
export function abortOnInterrupt(): Interrupt {
  const controller = new AbortController()
  const dispose = (): void => {
    for (const name of SIGNALS) process.off(name, onSignal)
  }
  let firstTime: number | undefined
  const onSignal = (name: NodeJS.Signals): void => {
    firstTime ??= performance.now()
    controller.abort()
    if (performance.now() - firstTime < REPEAT_MS) return
    dispose()
    process.kill(process.pid, name)
  }
  for (const name of SIGNALS) process.on(name, onSignal)
  return { signal: controller.signal, dispose }
}
