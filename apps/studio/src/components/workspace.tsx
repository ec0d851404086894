import type { ComponentChildren, VNode } from 'preact'

export interface WorkspaceProps {
  readonly title: string
  /** Buttons of the bar above. */
  readonly toolbar?: ComponentChildren
  /** The large part, such as an image. */
  readonly children: ComponentChildren
  /** Settings and results beside it; below it on a phone. */
  readonly panel?: ComponentChildren
}

/** Layout of a view: a bar, a stage, and a panel beside it. */
export function Workspace({ title, toolbar, children, panel }: WorkspaceProps): VNode {
  return (
    <div class="workspace">
      <header class="workspace-bar">
        <h1>{title}</h1>
        {toolbar && (
          <div class="toolbar" role="toolbar" aria-label={`Actions of ${title}`}>
            {toolbar}
          </div>
        )}
      </header>
      <div class="workspace-body">
        <section class="stage" aria-label={`${title}: content`}>
          {children}
        </section>
        {panel && (
          <aside class="panel" aria-label={`${title}: settings and results`}>
            {panel}
          </aside>
        )}
      </div>
    </div>
  )
}

export interface PanelSectionProps {
  readonly title: string
  readonly children: ComponentChildren
}

/** A part of a panel. */
export function PanelSection({ title, children }: PanelSectionProps): VNode {
  return (
    <section class="panel-section">
      <h2>{title}</h2>
      {children}
    </section>
  )
}
