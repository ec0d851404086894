import { type Signal, signal } from '@preact/signals'

/** Name of a view, which the address shows after `#`. */
export type ViewName = 'try' | 'label' | 'fit' | 'look'

/** The views in the order in which they are used. */
export const VIEW_NAMES: readonly ViewName[] = ['try', 'label', 'fit', 'look']

/** Reads the view of an address; `try` if it names none. */
export function parseViewName(hash: string): ViewName {
  return VIEW_NAMES.find((name) => `#${name}` === hash) ?? 'try'
}

/** The view that the page shows. */
export const currentView: Signal<ViewName> = signal('try')

/** Shows a view, which the back button of the browser leaves again. */
export function showView(name: ViewName): void {
  location.hash = name
}

/** Keeps the view and the address the same. */
export function followAddress(): void {
  const update = (): void => {
    currentView.value = parseViewName(location.hash)
  }
  addEventListener('hashchange', update)
  update()
}
