import type { VNode } from 'preact'

export interface ProgressBarProps {
  readonly label: string
  readonly done: number
  readonly total: number
}

/** A bar that fills, with its label and count. */
export function ProgressBar({ label, done, total }: ProgressBarProps): VNode {
  return (
    <div class="progress">
      <span class="progress-label">
        <span>{label}</span>
        <span class="numbers">
          {done} of {total}
        </span>
      </span>
      <progress aria-label={label} value={done} max={Math.max(total, 1)} />
    </div>
  )
}
