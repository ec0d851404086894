import type { RunErrors } from '@facekp/recipes'
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { Button } from '../components/button.tsx'
import { FileName } from '../components/file-name.tsx'
import { rankErrors } from './rank-errors.ts'

/** Faces that are listed before the rest is asked for. */
const LISTED = 12

/** Lists the test faces, the largest error first. */
export function WorstFaces({ errors: { faces } }: { readonly errors: RunErrors }): VNode {
  const isAll = useSignal(false)
  const ranked = rankErrors(faces)
  const listed = isAll.value ? ranked : ranked.slice(0, LISTED)
  return (
    <section class="report-section" aria-label="Worst faces">
      <h3>Worst faces</h3>
      <ul class="bars">
        {listed.map(({ face: { id, errorPx, nme }, share }) => (
          <li key={id}>
            <span title={id} class="bar-id">
              <FileName name={id} />
            </span>
            <meter value={share} aria-label={`Error of ${id}`} />
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
