import type { Display } from './display.ts'

/** Work that ends sooner has one line, at its end. */
const QUIET_MS = 1000

/** Prints progress as a limited number of plain lines: for a log, a pipe or a file. */
export const printLines: Display = ({ label, total, from, stream, text }) => {
  const start = Date.now()
  const print = (): void => {
    stream.write(`${label}  ${text()}\n`)
  }
  /** Returns the count at which the next line is due. `finish` prints the last line. */
  const dueAfter = (done: number): number => {
    if (total === undefined) return Math.max(2 * done, done + 1)
    const tenth = Math.floor((10 * done) / total) + 1
    return tenth >= 10 ? Number.POSITIVE_INFINITY : (tenth * total) / 10
  }
  let latest = from
  let due = from
  const printIfDue = (): void => {
    if (latest < due || Date.now() - start < QUIET_MS) return
    due = dueAfter(latest)
    if (latest !== total) print()
  }
  // The first line also comes if no work is done for long. The timer must not keep a program alive that ends without `finish`.
  const timer = setTimeout(printIfDue, QUIET_MS)
  timer.unref()
  return {
    update(done) {
      latest = done
      printIfDue()
    },
    finish() {
      clearTimeout(timer)
      print()
    },
  }
}
