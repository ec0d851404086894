import type { ComponentChildren, VNode } from 'preact'
import { Icon, type IconName } from './icon.tsx'

export interface EmptyStateProps {
  readonly icon: IconName
  readonly title: string
  /** What there is to do. */
  readonly children: ComponentChildren
  /** Buttons that do it. */
  readonly actions?: ComponentChildren
}

/** What a view shows before it has anything to show. */
export function EmptyState({ icon, title, children, actions }: EmptyStateProps): VNode {
  return (
    <div class="empty-state">
      <span class="empty-icon">
        <Icon name={icon} />
      </span>
      <h2>{title}</h2>
      <div class="empty-text">{children}</div>
      {actions && <div class="empty-actions">{actions}</div>}
    </div>
  )
}
