import { type Signal, signal } from '@preact/signals'
import type { ComponentType, VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { Button } from '../components/button.tsx'
import { Spinner } from '../components/spinner.tsx'
import type { ViewName } from './navigation.ts'

const IMPORTS: Readonly<Record<ViewName, () => Promise<ComponentType>>> = {
  try: async () => (await import('../try/try-view.tsx')).TryView,
  label: async () => (await import('../label/label-view.tsx')).LabelView,
  fit: async () => (await import('../fit/fit-view.tsx')).FitView,
  look: async () => (await import('../look/look-view.tsx')).LookView,
}

type LoadedView = { readonly view: ComponentType } | { readonly failed: true }

const loadedViews: Signal<Partial<Record<ViewName, LoadedView>>> = signal({})

async function loadView(name: ViewName): Promise<void> {
  const loaded = await IMPORTS[name]().then(
    (view) => ({ view }),
    () => ({ failed: true as const }),
  )
  loadedViews.value = { ...loadedViews.value, [name]: loaded }
}

/** A view, whose code is loaded when it is shown for the first time. */
export function LazyView({ name }: { readonly name: ViewName }): VNode {
  const loaded = loadedViews.value[name]
  useEffect(() => {
    if (!loaded) loadView(name)
  }, [name, loaded])
  if (!loaded)
    return (
      <div class="view-message">
        <Spinner label="Loading" />
      </div>
    )
  if ('failed' in loaded)
    return (
      <div class="view-message">
        <p>This view could not be loaded. Is the server still running?</p>
        <Button onClick={() => loadView(name)}>Try again</Button>
      </div>
    )
  const View = loaded.view
  return <View />
}
