import type { VNode } from 'preact'
import { EmptyState } from '../components/empty-state.tsx'
import { Workspace } from '../components/workspace.tsx'

/** The view Label. */
export function LabelView(): VNode {
  return (
    <Workspace title="Label">
      <EmptyState icon="tag" title="Label">
        <p>This view is not part of this build.</p>
      </EmptyState>
    </Workspace>
  )
}
