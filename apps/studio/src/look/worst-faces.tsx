import type { RunErrors } from '@facekp/recipes'
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { Button } from '../components/button.tsx'
import { FileName } from '../components/file-name.tsx'

/** Faces that are listed before the rest is asked for. */
const LISTED = 12

/** Lists the test faces, the largest error first. */
export function WorstFaces({ errors: { faces } }: { readonly errors: RunErrors }): VNode {
  const isAll = useSignal(false)
  const ranked = faces.toSorted((a, b) => (b.nme ?? b.errorPx) - (a.nme ?? a.errorPx))
  const largest = ranked[0]?.errorPx ?? 1
  const listed = isAll.value ? ranked : ranked.slice(0, LISTED)
  return (
    <section class="report-section" aria-label="Worst faces">
      <h3>Worst faces</h3>
      <ul class="bars">
        {listed.map(({ id, errorPx, nme }) => (
          <li key={id}>
            <span title={id} class="bar-id">
              <FileName name={id} />
            </span>
            <meter value={errorPx} max={largest} aria-label={`Error of ${id}`} />
            <span class="numbers">
              {errorPx.toFixed(1)} px{nme === undefined ? '' : `, ${(100 * nme).toFixed(1)} %`}
            </span>
          </li>
        ))}
      </ul>
      {!isAll.value && ranked.length > LISTED && (
        <Button
          kind="quiet"
          onClick={() => {
            isAll.value = true
          }}
        >
          Show all {ranked.length}
        </Button>
      )}
    </section>
  )
}
