const INTERVAL_MS = 30

/**
 * Creates a function to await within a long loop, which yields to the event loop some thirty times a second. A backend that computes
 * synchronously would otherwise block timers, keys, signals and frames.
 */
export function createYielder(): () => Promise<void> {
  let last = performance.now()
  return async function maybeYield() {
    if (performance.now() - last < INTERVAL_MS) return
    await yieldToEventLoop()
    last = performance.now()
  }
}

/** Lets other tasks run. Yields by a message: in a hidden browser tab timers run only once a second. */
export function yieldToEventLoop(): Promise<void> {
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(undefined)
  })
}
