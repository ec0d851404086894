import { type Signal, signal } from '@preact/signals'
import type { VNode } from 'preact'
import { Dialog } from '../components/dialog.tsx'
import { type Shortcut, shortcutGroups } from './shortcuts.ts'

/** Whether the help on shortcuts is open. */
export const isHelpOpen: Signal<boolean> = signal(false)

const SIGNS: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ' ': 'Space',
  Escape: 'Esc',
}

/** Lists the shortcuts of the view on screen. */
export function ShortcutsDialog(): VNode {
  return (
    <Dialog
      title="Keyboard shortcuts"
      isOpen={isHelpOpen.value}
      onClose={() => {
        isHelpOpen.value = false
      }}
    >
      <div class="shortcut-groups">
        {shortcutGroups.value.map(({ title, shortcuts }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl class="shortcuts">
              {[...groupKeys(shortcuts)].map(([description, keys]) => (
                <div key={description}>
                  <dt>
                    {keys.map((key) => (
                      <KeyNames key={key} value={key} />
                    ))}
                  </dt>
                  <dd>{description}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}

/** Lists the keys that do the same together. */
function groupKeys(shortcuts: readonly Shortcut[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const { key, description } of shortcuts) groups.set(description, [...(groups.get(description) ?? []), key])
  return groups
}

/** A shortcut as a row of keys. */
export function KeyNames({ value }: { readonly value: string }): VNode {
  // The key itself may be a plus.
  const names = value.split(/\+(?=.)/)
  return (
    <span class="keys">
      {names.map((name) => (
        <kbd key={name}>{nameKey(name)}</kbd>
      ))}
    </span>
  )
}

function nameKey(name: string): string {
  if (name === 'Mod') return navigator.platform.startsWith('Mac') ? '⌘' : 'Ctrl'
  return SIGNS[name] ?? (name.length === 1 ? name.toUpperCase() : name)
}
