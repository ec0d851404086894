import type { Shortcut, ShortcutGroup } from '../app/shortcuts.ts'
import { clampViewport, WHOLE_IMAGE, zoomAt } from '../components/viewport.ts'
import { isPlaced } from '../project/labels.ts'
import { currentImage, redo, undo } from '../project/project.ts'
import {
  confirmFace,
  hidePoint,
  isMirrored,
  nudge,
  removePoint,
  selected,
  selectedFace,
  showSuggestion,
  stepFace,
  stepImage,
  stepPoint,
  swapPairs,
  viewport,
} from './actions.ts'

/** Zooms, towards the selected point if it has a place. */
export function zoomBy(factor: number): void {
  const image = currentImage.peek()
  const point = selectedFace.peek()?.points[selected.peek().point]
  const zoomed = zoomAt(viewport.peek(), factor, { x: 0.5, y: 0.5, width: 1, height: 1 })
  const isOnImage = image && point && isPlaced(point) && image.width > 0
  viewport.value = isOnImage
    ? clampViewport({ ...zoomed, centerX: (point.x + 0.5) / image.width, centerY: (point.y + 0.5) / image.height })
    : zoomed
}

/** Shows the whole image. */
export function zoomOut(): void {
  viewport.value = WHOLE_IMAGE
}

/** Shows the image as in a mirror, or as it is. */
export function switchMirror(): void {
  isMirrored.value = !isMirrored.peek()
}

const FAR = 10

const nudges: readonly Shortcut[] = [
  ['ArrowLeft', -1, 0],
  ['ArrowRight', 1, 0],
  ['ArrowUp', 0, -1],
  ['ArrowDown', 0, 1],
].flatMap(([key, x, y]) => [
  { key: `${key}`, description: 'Move the point by 1 pixel', run: () => nudge(Number(x), Number(y)) },
  {
    key: `Shift+${key}`,
    description: `Move the point by ${FAR} pixels`,
    run: () => nudge(FAR * Number(x), FAR * Number(y)),
  },
])

/** The keys of the view Label. */
export const LABEL_SHORTCUTS: ShortcutGroup = {
  title: 'Label',
  view: 'label',
  shortcuts: [
    { key: 'Enter', description: 'Confirm the face and go on', run: confirmFace },
    { key: ' ', description: 'Confirm the face and go on', run: confirmFace },
    { key: 'n', description: 'Next point', run: () => stepPoint(1) },
    { key: 'p', description: 'Previous point', run: () => stepPoint(-1) },
    ...nudges,
    { key: 'h', description: 'Hide the point, or show it again', run: hidePoint },
    { key: 'Delete', description: 'Take the point away', run: removePoint },
    { key: 'Backspace', description: 'Take the point away', run: removePoint },
    { key: 'PageDown', description: 'Next image', run: () => stepImage(1) },
    { key: 'PageUp', description: 'Previous image', run: () => stepImage(-1) },
    { key: '.', description: 'Next image', run: () => stepImage(1) },
    { key: ',', description: 'Previous image', run: () => stepImage(-1) },
    { key: 'f', description: 'Next face', run: stepFace },
    { key: 'g', description: 'Go to the face that helps most', run: showSuggestion },
    { key: 'm', description: 'Mirror the image, to compare left and right', run: switchMirror },
    { key: 's', description: 'Swap points whose left and right are exchanged', run: swapPairs },
    { key: '+', description: 'Zoom in on the point', run: () => zoomBy(1.6) },
    { key: '=', description: 'Zoom in on the point', run: () => zoomBy(1.6) },
    { key: '-', description: 'Zoom out', run: () => zoomBy(1 / 1.6) },
    { key: '0', description: 'Whole image', run: zoomOut },
    { key: 'Mod+z', description: 'Undo', run: undo },
    { key: 'Mod+Shift+z', description: 'Redo', run: redo },
    { key: 'Mod+y', description: 'Redo', run: redo },
  ],
}
