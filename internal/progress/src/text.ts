/** How far some work has come. */
export interface ProgressState {
  /** What was done before the work began: the part of a file already there, say. */
  readonly from: number
  readonly done: number
  readonly total: number | undefined
  /** What is counted; `bytes` are shown as MB. */
  readonly unit: string
  /** Since the work began. */
  readonly seconds: number
  readonly ended: boolean
}

/**
 * Formats progress, such as `25 %  65/260 images  13 images/s  0:15 left`, or `in 0:20` at the end. What is unknown (no
 * total, nothing done yet) is left out. Time remaining = what is left / mean rate since the beginning.
 */
export function formatProgress({ from, done, total, unit, seconds, ended }: ProgressState): string {
  const rate = (done - from) / seconds
  const moving = rate > 0 && Number.isFinite(rate)
  const remaining = moving && total !== undefined ? `${formatDuration((total - done) / rate)} left` : ''
  return [
    total === undefined ? '' : `${computePercentage(done, total)} %`,
    formatAmount(done, total, unit),
    moving ? `${formatAmount(rate, undefined, unit)}/s` : '',
    ended ? `in ${formatDuration(seconds)}` : remaining,
  ]
    .filter((part) => part !== '')
    .join('  ')
}

/** Computes the percentage that is done, rounded down so that only complete work is 100 %. Work of 0 units is complete. */
function computePercentage(done: number, total: number): number {
  return total === 0 ? 100 : Math.min(Math.floor((100 * done) / total), 100)
}

function formatAmount(value: number, total: number | undefined, unit: string): string {
  const [scale, name] = unit === 'bytes' ? [1e6, 'MB'] : [1, unit]
  const digits = unit === 'bytes' ? 1 : 0
  const shown =
    total === undefined
      ? formatThreeDigits(value / scale)
      : `${(value / scale).toFixed(digits)}/${(total / scale).toFixed(digits)}`
  return `${shown} ${name}`
}

function formatThreeDigits(value: number): string {
  return value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)))
}

/** Formats seconds: 75 s as 1:15, 4000 s as 1:06:40. */
function formatDuration(seconds: number): string {
  const whole = Math.max(Math.round(seconds), 0)
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const padded = (value: number): string => String(value).padStart(2, '0')
  return hours > 0 ? `${hours}:${padded(minutes)}:${padded(rest)}` : `${minutes}:${padded(rest)}`
}
