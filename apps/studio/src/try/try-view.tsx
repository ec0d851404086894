import type { VNode } from 'preact'
import { EmptyState } from '../components/empty-state.tsx'
import { Workspace } from '../components/workspace.tsx'

/** The view Try. */
export function TryView(): VNode {
  return (
    <Workspace title="Try">
      <EmptyState icon="camera" title="Try">
        <p>This view is not part of this build.</p>
      </EmptyState>
    </Workspace>
  )
}
