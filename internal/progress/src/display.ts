import type { ProgressStream } from './progress-stream.ts'

/** A way to show progress. */
export type Display = (what: {
  readonly label: string
  readonly total: number | undefined
  readonly from: number
  readonly stream: ProgressStream
  /** How far the work has come, in words, at the moment of the call. */
  readonly text: () => string
}) => {
  update(done: number): void
  finish(): void
}
