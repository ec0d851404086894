/** Maps values to pixels. */
export interface ChartScale {
  readonly toPixels: (value: number) => number
  /** Values of the grid lines. */
  readonly ticks: readonly number[]
}

export interface ChartScaleOptions {
  readonly low: number
  readonly high: number
  /** Pixels of `low` and of `high`. */
  readonly from: number
  readonly to: number
  readonly isLog?: boolean
}

/** Creates a scale with grid lines at round values. */
export function createScale({ low, high, from, to, isLog = false }: ChartScaleOptions): ChartScale {
  const span = high - low || 1
  const position = isLog
    ? (value: number) => Math.log(value / low) / (Math.log(high / low) || 1)
    : (value: number) => (value - low) / span
  return {
    toPixels: (value) => from + (to - from) * position(value),
    ticks: isLog ? listLogTicks(low, high) : listTicks(low, high),
  }
}

/** Lists about five round values, in steps of 1, 2 or 5 times a power of ten. */
export function listTicks(low: number, high: number): number[] {
  const rough = (high - low || 1) / 5
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10)
  const ticks: number[] = []
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++)
    ticks.push(Number((i * step).toPrecision(12)))
  return ticks
}

/** Lists 1, 2 and 5 times the powers of ten, or powers alone if there are many; {@link listTicks} if there are fewer than three. */
export function listLogTicks(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low))
  const last = Math.ceil(Math.log10(high))
  const factors = last - first > 3 ? [1] : [1, 2, 5]
  const ticks: number[] = []
  for (let power = first; power <= last; power++)
    for (const factor of factors) ticks.push(Number((factor * 10 ** power).toPrecision(12)))
  const within = ticks.filter((tick) => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9))
  return within.length < 3 ? listTicks(low, high) : within
}

/** Writes a value in at most four digits. */
export function formatValue(value: number): string {
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5))
    return value.toExponential(1).replace('.0e', 'e')
  return String(Number(value.toPrecision(4)))
}
