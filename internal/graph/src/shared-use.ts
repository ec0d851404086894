import { createYielder } from '@facekp/event-loop'

/** Counts the calls that use tensors, so that these are freed only once no call needs them. */
export interface SharedUse {
  /** Throws the error of `createError` if `dispose` was called. */
  check(): void
  /** Runs a call, after `check`. Yields to the event loop first if no call has for a while: backends may compute synchronously. */
  run<Result>(call: () => Promise<Result>): Promise<Result>
  /** Refuses further calls, and frees when those under way have ended. */
  dispose(): void
}

/** Creates the {@link SharedUse} of what `free` frees. */
export function createSharedUse(free: () => void, createError: () => Error): SharedUse {
  const maybeYield = createYielder()
  let calls = 0
  let isDisposed = false
  const check = (): void => {
    if (isDisposed) throw createError()
  }
  return {
    check,
    async run(call) {
      check()
      calls++
      try {
        await maybeYield()
        return await call()
      } finally {
        calls--
        if (isDisposed && calls === 0) free()
      }
    },
    dispose() {
      if (isDisposed) return
      isDisposed = true
      if (calls === 0) free()
    },
  }
}
