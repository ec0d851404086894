const EVENTS = ['uncaughtException', 'unhandledRejection'] as const

/**
 * Removes the listeners of uncaught errors that `start` adds in Node. Those of Emscripten, the compiler of tfjs-backend-wasm, throw each error
 * again: Node would print Emscripten's code in place of the error's, and exit with code 7.
 */
export async function withoutNewListeners<Result>(start: () => Promise<Result>): Promise<Result> {
  const before = EVENTS.map((event) => new Set(process.listeners(event as 'uncaughtException')))
  try {
    return await start()
  } finally {
    for (const [i, event] of EVENTS.entries()) {
      for (const listener of process.listeners(event as 'uncaughtException')) {
        if (!before[i]?.has(listener)) process.off(event, listener)
      }
    }
  }
}
