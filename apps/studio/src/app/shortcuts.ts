import { type Signal, signal } from '@preact/signals'
import type { ViewName } from './navigation.ts'

/** A key and what it does. */
export interface Shortcut {
  /** As the event names it, such as `ArrowRight`, `z` or `?`; with `Mod+` for Ctrl or Cmd, `Shift+`, `Alt+` in this order. */
  readonly key: string
  readonly description: string
  readonly run: () => void
}

/** The shortcuts of the view on screen, by a title for the help. */
export interface ShortcutGroup {
  readonly title: string
  readonly view: ViewName | 'everywhere'
  readonly shortcuts: readonly Shortcut[]
}

/** All shortcuts that are active now. */
export const shortcutGroups: Signal<readonly ShortcutGroup[]> = signal([])

/**
 * Makes shortcuts active.
 *
 * @returns a function that ends them, for the clean-up of an effect
 */
export function addShortcuts(group: ShortcutGroup): () => void {
  shortcutGroups.value = [...shortcutGroups.peek(), group]
  return () => {
    shortcutGroups.value = shortcutGroups.peek().filter((other) => other !== group)
  }
}

/** Runs shortcuts for the keys of the page, except while someone types or a dialog is open. */
export function listenForShortcuts(): void {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || isTyping(event) || document.querySelector('dialog[open]')) return
    const shortcut = findShortcut(shortcutGroups.peek(), describeKey(event))
    if (!shortcut) return
    event.preventDefault()
    shortcut.run()
  })
  // Before the button acts: a dialog that it opens would give the focus back to it.
  addEventListener('click', leaveClickedButton, { capture: true })
}

/** Takes the focus from a button that a pointer clicked: the next Enter is a shortcut, and does not press it again. */
function leaveClickedButton({ target, detail }: MouseEvent): void {
  // Clicks by keys have no detail, and keep the focus.
  if (detail === 0 || !(target instanceof Element)) return
  const button = target.closest<HTMLButtonElement>('button')
  if (button && !button.closest('dialog')) button.blur()
}

/** The parts of a keyboard event that name a shortcut. */
export type PressedKey = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>

/**
 * Writes a pressed key as shortcuts do. Shift is part of the key itself if that is a sign, such as `?`. With Alt, the keys of digits are
 * named by their place: Macs write `¡` for Alt+1, and French keyboards need Shift for a digit.
 */
export function describeKey({ key: typed, code, ctrlKey, metaKey, shiftKey, altKey }: PressedKey): string {
  const digit = altKey ? /^Digit(\d)$/.exec(code)?.[1] : undefined
  const key = digit ?? typed
  const isSign = key.length === 1 && key.toLowerCase() === key.toUpperCase() && key !== ' '
  const name = key.length === 1 ? key.toLowerCase() : key
  return `${ctrlKey || metaKey ? 'Mod+' : ''}${shiftKey && !isSign ? 'Shift+' : ''}${altKey ? 'Alt+' : ''}${name}`
}

/** Finds the shortcut of a key; that which was added last wins. */
export function findShortcut(groups: readonly ShortcutGroup[], key: string): Shortcut | undefined {
  return groups.flatMap(({ shortcuts }) => shortcuts).findLast((shortcut) => shortcut.key === key)
}

function isTyping({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable || target.matches('textarea, select')) return true
  if (target.matches('input'))
    return !['checkbox', 'radio', 'button', 'file'].includes((target as HTMLInputElement).type)
  // Buttons and links take these themselves.
  return target.matches('button, a, summary, [role=tab], [role=option]') && (key === 'Enter' || key === ' ')
}
