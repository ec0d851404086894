const EVENTS = ['uncaughtException', 'unhandledRejection'] as const

/** Source of Emscripten's listeners without blanks, minified or not: they throw the error again, and nothing else. */
const RETHROW = /^(function)?\(?([\w$]+)\)?(=>)?\{(if\(!\(\2instanceof[\w$]+\)\)\{?)?throw\2;?\}+$/

/**
 * Removes the listeners of uncaught errors that `start` adds in Node. Those of Emscripten, the compiler of tfjs-backend-wasm, throw each error
 * again: Node would print Emscripten's code in place of the error's, and exit with code 7. Listeners that the program adds meanwhile stay.
 */
export async function withoutNewListeners<Result>(start: () => Promise<Result>): Promise<Result> {
  const before = EVENTS.map((event) => new Set(process.listeners(event as 'uncaughtException')))
  try {
    return await start()
  } finally {
    for (const [i, event] of EVENTS.entries()) {
      for (const listener of process.listeners(event as 'uncaughtException')) {
        if (!before[i]?.has(listener) && rethrows(listener)) process.off(event, listener)
      }
    }
  }
}

/** Tests whether a function only throws its argument. */
function rethrows(listener: NodeJS.UncaughtExceptionListener): boolean {
  return RETHROW.test(String(listener).replaceAll(/\s/g, ''))
}
