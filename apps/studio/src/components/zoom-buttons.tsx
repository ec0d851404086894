import type { Signal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { currentView } from '../app/navigation.ts'
import { addShortcuts } from '../app/shortcuts.ts'
import { IconButton } from './button.tsx'
import { type Viewport, WHOLE_IMAGE, zoomAt } from './viewport.ts'

const STEP = 1.4

/** Zooms a canvas by buttons and by the keys +, - and 0. */
export function ZoomButtons({ viewport }: { readonly viewport: Signal<Viewport> }): VNode {
  const zoom = (factor: number): void => {
    viewport.value = zoomAt(viewport.peek(), factor, { x: 0.5, y: 0.5, width: 1, height: 1 })
  }
  const showAll = (): void => {
    viewport.value = WHOLE_IMAGE
  }
  useEffect(
    () =>
      addShortcuts({
        title: 'Zoom',
        view: currentView.peek(),
        shortcuts: [
          { key: '+', description: 'Zoom in', run: () => zoom(STEP) },
          { key: '-', description: 'Zoom out', run: () => zoom(1 / STEP) },
          { key: '0', description: 'Show the whole image', run: showAll },
        ],
      }),
    [viewport],
  )
  const { zoom: level } = viewport.value
  return (
    <fieldset class="zoom-buttons" aria-label="Zoom">
      <IconButton icon="minus" label="Zoom out (-)" isDisabled={level <= 1} onClick={() => zoom(1 / STEP)} />
      <span class="zoom-level numbers">{Math.round(100 * level)} %</span>
      <IconButton icon="plus" label="Zoom in (+)" onClick={() => zoom(STEP)} />
      <IconButton icon="fit" label="Show the whole image (0)" isDisabled={level === 1} onClick={showAll} />
    </fieldset>
  )
}
