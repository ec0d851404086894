import type { Display } from './display.ts'

const INTERVAL_MS = 100
/** Erases what stands behind the cursor of a terminal. */
export const ERASE_REST_OF_LINE: string = '\u001b[K'

/** Draws progress on one line of a terminal, at most ten times a second. */
export const drawBar: Display = ({ label, total, from, stream, text }) => {
  let done = from
  let drawn = ''
  const draw = (): void => {
    const columns = (stream.columns || 80) - 1
    const status = text()
    // The status matters more than the bar, which takes the room that is left.
    const width = Math.min(WIDEST, columns - label.length - status.length - 4)
    const bar = total === undefined || width < NARROWEST ? '' : `  ${formatBar(done / total, width)}`
    const line = `${label}${bar}  ${status}`.slice(0, columns)
    if (line !== drawn) stream.write(`\r${line}${ERASE_REST_OF_LINE}`)
    drawn = line
  }
  // It must not keep a program alive that ends without `finish`.
  const startTimer = (): NodeJS.Timeout =>
    setTimeout(() => {
      draw()
      timer = startTimer()
    }, INTERVAL_MS).unref()
  draw()
  let timer = startTimer()
  return {
    update(newDone) {
      done = newDone
    },
    finish() {
      clearTimeout(timer)
      draw()
      stream.write('\n')
    },
  }
}

/** Formats a part of the whole; nothing to do is done. */
function formatBar(part: number, width: number): string {
  const full = Math.round((Number.isNaN(part) ? 1 : Math.min(1, part)) * width)
  return '━'.repeat(full) + '─'.repeat(width - full)
}

const [NARROWEST, WIDEST] = [4, 24]
