import type { VNode } from 'preact'
import type { ErrorEntry } from './quick-fit.ts'

const WIDTH = 560
const HEIGHT = 200
const MARGIN = { left: 46, right: 14, top: 14, bottom: 34 }

/** The error over the number of labeled faces: whether more labels still help. */
export function ErrorCurve({ entries }: { readonly entries: readonly ErrorEntry[] }): VNode | null {
  if (entries.length < 2) return null
  const max = Math.max(...entries.map(({ error }) => error)) * 1.15
  const first = entries[0]?.faces ?? 0
  const last = entries.at(-1)?.faces ?? 0
  const x = (faces: number): number =>
    MARGIN.left + ((faces - first) / (last - first)) * (WIDTH - MARGIN.left - MARGIN.right)
  const y = (error: number): number => HEIGHT - MARGIN.bottom - (error / max) * (HEIGHT - MARGIN.top - MARGIN.bottom)
  const ticks = [0, max / 2, max]
  return (
    <figure class="curve">
      <figcaption>Error as labels come in</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={describeCurve(entries)}>
        {ticks.map((tick) => (
          <g key={tick}>
            <line class="curve-grid" x1={MARGIN.left} x2={WIDTH - MARGIN.right} y1={y(tick)} y2={y(tick)} />
            <text class="curve-text" x={MARGIN.left - 8} y={y(tick) + 4} text-anchor="end">
              {(100 * tick).toFixed(1)} %
            </text>
          </g>
        ))}
        <polyline class="curve-line" points={entries.map(({ faces, error }) => `${x(faces)},${y(error)}`).join(' ')} />
        {entries.map(({ faces, error }) => (
          <circle key={faces} class="curve-dot" cx={x(faces)} cy={y(error)} r={4} />
        ))}
        <text class="curve-text" x={x(first)} y={HEIGHT - 12} text-anchor="start">
          {first} faces
        </text>
        <text class="curve-text" x={x(last)} y={HEIGHT - 12} text-anchor="end">
          {last} faces
        </text>
      </svg>
    </figure>
  )
}

function describeCurve(entries: readonly ErrorEntry[]): string {
  return entries.map(({ faces, error }) => `${faces} faces: ${(100 * error).toFixed(1)} %`).join(', ')
}
