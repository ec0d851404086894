import type { Display } from './display.ts'

/** Prints progress as a limited number of plain lines: for a log, a pipe or a file. */
export const printLines: Display = ({ label, total, from, stream, text }) => {
  const print = (): void => {
    stream.write(`${label}  ${text()}\n`)
  }
  /** Returns the count at which the next line is due. `finish` prints the last line. */
  const dueAfter = (done: number): number => {
    if (total === undefined) return Math.max(2 * done, done + 1)
    const tenth = Math.floor((10 * done) / total) + 1
    return tenth >= 10 ? Number.POSITIVE_INFINITY : (tenth * total) / 10
  }
  let due = dueAfter(from)
  print()
  return {
    update(done) {
      if (done < due) return
      due = dueAfter(done)
      if (done !== total) print()
    },
    finish: print,
  }
}
