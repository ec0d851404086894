import { type Signal, signal } from '@preact/signals'
import { describeError, isAbort } from './describe-error.ts'

/** A message over the page. */
export interface Notice {
  readonly id: number
  readonly kind: 'info' | 'success' | 'error'
  readonly title: string
  readonly detail?: string | undefined
}

/** Milliseconds until a message that is no error goes by itself. */
const DURATION_MS = 6000

/** The messages that the page shows, oldest first. */
export const notices: Signal<readonly Notice[]> = signal([])

let nextId = 0

/** Shows a message. Errors stay until they are closed. */
export function showNotice(notice: Omit<Notice, 'id'>): void {
  const id = nextId++
  const others = notices.value.filter(({ title, detail }) => title !== notice.title || detail !== notice.detail)
  notices.value = [...others.slice(-2), { ...notice, id }]
  if (notice.kind !== 'error') setTimeout(() => closeNotice(id), DURATION_MS)
}

/** Shows what went wrong, what was expected and the fix. An operation that was stopped is no error. */
export function showError(error: unknown): void {
  if (isAbort(error)) return
  showNotice({ kind: 'error', ...describeError(error) })
}

/** Closes a message. */
export function closeNotice(id: number): void {
  notices.value = notices.value.filter((notice) => notice.id !== id)
}
