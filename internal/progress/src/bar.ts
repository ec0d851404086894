import { type Options, SingleBar } from 'cli-progress'
import type { Display } from './display.ts'

/** Draws progress on one line of a terminal, at most ten times a second. */
export const drawBar: Display = ({ label, total, from, stream, text }) => {
  const bar = new Bar({
    stream,
    // The bar never leaves the terminal's settings changed, whatever ends the program: lines are cut here instead.
    linewrap: true,
    format: (_, { progress }) => {
      const columns = (stream.columns || 80) - 1
      const status = text()
      // The status matters more than the bar, which takes the room that is left.
      const width = Math.min(WIDEST, columns - label.length - status.length - 4)
      const drawn = total === undefined || width < NARROWEST ? '' : `  ${formatBar(progress, width)}`
      return `${label}${drawn}  ${status}`.slice(0, columns)
    },
  } satisfies Options)
  bar.start(total ?? 0, from)
  return {
    update: (done) => bar.update(done),
    finish: () => bar.stop(),
  }
}

/** cli-progress's bar, but for its timer, which must not keep a program alive that ends without `finish`. */
class Bar extends SingleBar {
  override render(): void {
    super.render()
    ;(this as unknown as { readonly timer: NodeJS.Timeout }).timer.unref()
  }
}

function formatBar(progress: number, width: number): string {
  const full = Math.round(progress * width)
  return '━'.repeat(full) + '─'.repeat(width - full)
}

const [NARROWEST, WIDEST] = [4, 24]
