import type { VNode } from 'preact'
import { EmptyState } from '../components/empty-state.tsx'
import { Workspace } from '../components/workspace.tsx'

/** The view Look. */
export function LookView(): VNode {
  return (
    <Workspace title="Look">
      <EmptyState icon="chart" title="Look">
        <p>This view is not part of this build.</p>
      </EmptyState>
    </Workspace>
  )
}
