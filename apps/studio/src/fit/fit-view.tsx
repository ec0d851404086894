import type { VNode } from 'preact'
import { EmptyState } from '../components/empty-state.tsx'
import { Workspace } from '../components/workspace.tsx'

/** The view Fit. */
export function FitView(): VNode {
  return (
    <Workspace title="Fit">
      <EmptyState icon="sliders" title="Fit">
        <p>This view is not part of this build.</p>
      </EmptyState>
    </Workspace>
  )
}
