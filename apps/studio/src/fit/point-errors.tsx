import type { VNode } from 'preact'
import { quickFit } from './quick-fit.ts'

/** Rows that are shown before the others are asked for. */
const SHOWN = 12

/** The error of each point, worst first. */
export function PointErrors(): VNode | null {
  const { result } = quickFit.value
  if (!result) return null
  const { scheme, metrics } = result.model
  const rows = scheme.pointNames
    .map((name, index) => ({ name, error: metrics.errorPxByPoint[index] ?? Number.NaN }))
    .filter(({ error }) => !Number.isNaN(error))
    .sort((a, b) => b.error - a.error)
  const max = rows[0]?.error ?? 1
  const renderRow = ({ name, error }: (typeof rows)[number]): VNode => (
    <div class="point-error" key={name}>
      <dt>
        <bdi>{name}</bdi>
      </dt>
      <dd>
        <meter class="point-bar" min={0} max={max} value={error} aria-hidden="true" />
        <span class="numbers">{error.toFixed(1)} px</span>
      </dd>
    </div>
  )
  return (
    <section class="point-errors">
      <h2>Error of each point</h2>
      <dl>{rows.slice(0, SHOWN).map(renderRow)}</dl>
      {rows.length > SHOWN && (
        <details class="more">
          <summary>{rows.length - SHOWN} more points</summary>
          <dl>{rows.slice(SHOWN).map(renderRow)}</dl>
        </details>
      )}
    </section>
  )
}
