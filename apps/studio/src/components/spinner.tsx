import type { VNode } from 'preact'

/** Says that something is under way. */
export function Spinner({ label }: { readonly label: string }): VNode {
  return (
    <span class="spinner" role="status">
      <span class="spinner-ring" aria-hidden="true" />
      <span>{label}…</span>
    </span>
  )
}
