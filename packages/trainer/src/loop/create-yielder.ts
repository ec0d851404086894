const INTERVAL_MS = 30

/**
 * A function to await within a long loop: some thirty times a second it lets everything else have its turn. A backend that
 * computes at once answers without ever leaving the loop, and then no timer, key, signal or frame would come through.
 */
export function turns(): () => Promise<void> {
  let last = performance.now()
  return async () => {
    if (performance.now() - last < INTERVAL_MS) return
    await turn()
    last = performance.now()
  }
}

/** One turn of the event loop, by a message: in a hidden tab of a browser timers run but once a second. */
function turn(): Promise<void> {
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(undefined)
  })
}
