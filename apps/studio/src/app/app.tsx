import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { LazyView } from './lazy-view.tsx'
import { currentView, showView, VIEW_NAMES } from './navigation.ts'
import { NavigationBar, VIEW_TITLES } from './navigation-bar.tsx'
import { NoticeList } from './notice-list.tsx'
import { addShortcuts } from './shortcuts.ts'
import { isHelpOpen, ShortcutsDialog } from './shortcuts-dialog.tsx'

/** The whole page: navigation, one view, messages and the help. */
export function App(): VNode {
  useEffect(
    () =>
      addShortcuts({
        title: 'Everywhere',
        view: 'everywhere',
        shortcuts: [
          ...VIEW_NAMES.map((name, i) => ({
            key: `Alt+${i + 1}`,
            description: `Show ${VIEW_TITLES[name]}`,
            run: () => showView(name),
          })),
          {
            key: '?',
            description: 'Show these shortcuts',
            run: () => {
              isHelpOpen.value = true
            },
          },
        ],
      }),
    [],
  )
  const name = currentView.value
  useEffect(() => {
    document.title = `${VIEW_TITLES[name]} · facekp studio`
  }, [name])
  return (
    <div class="shell">
      <a class="skip-link" href={`#${name}`} onClick={focusView}>
        Skip to the view
      </a>
      <NavigationBar />
      <main id="view" class="view" tabIndex={-1} aria-label={VIEW_TITLES[name]}>
        <LazyView name={name} />
      </main>
      <NoticeList />
      <ShortcutsDialog />
    </div>
  )
}

function focusView(event: Event): void {
  event.preventDefault()
  document.getElementById('view')?.focus()
}
