import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { CanvasPlace, CanvasPoint } from '../components/image-canvas.tsx'
import { clampViewport, type Viewport, WHOLE_IMAGE } from '../components/viewport.ts'
import { MIN_IMAGES, parseFaceName, quickFit } from '../fit/quick-fit.ts'
import {
  boxAroundPoints,
  createFace,
  deletePoint,
  type FaceLabel,
  findMissing,
  isPlaced,
  movePoint,
  swapPoints,
  toggleHidden,
} from '../project/labels.ts'
import { changeFaces, currentFile, currentImage, images, isReadOnly, project } from '../project/project.ts'
import { findSwapped, type SwappedPair } from './find-swapped.ts'

/** The selected point. */
export const selected: Signal<CanvasPoint> = signal({ face: 0, point: 0 })

/** What the canvas shows of the image. */
export const viewport: Signal<Viewport> = signal(WHOLE_IMAGE)

/** Whether the image is shown as in a mirror. */
export const isMirrored: Signal<boolean> = signal(false)

/** A point that is being dragged; it is stored when it is dropped. */
export const dragged: Signal<(CanvasPoint & CanvasPlace) | undefined> = signal(undefined)

/** The faces on screen, with the point that is being dragged. */
export const shownFaces: ReadonlySignal<readonly FaceLabel[]> = computed(() => {
  const faces = currentImage.value?.faces ?? []
  const drag = dragged.value
  return drag ? faces.map((face, i) => (i === drag.face ? movePoint(face, drag.point, drag) : face)) : faces
})

/** The face of the selected point. */
export const selectedFace: ReadonlySignal<FaceLabel | undefined> = computed(() => shownFaces.value[selected.value.face])

// Undo, redo and imports may take the selected face away: then the last one is selected.
effect(() => {
  const last = Math.max(0, (currentImage.value?.faces.length ?? 0) - 1)
  const { face, point } = selected.value
  if (face > last) selected.value = { face: last, point }
})

// Undo, redo and another project show another image, too.
currentFile.subscribe(() => {
  viewport.value = WHOLE_IMAGE
  selected.value = { face: 0, point: 0 }
  dragged.value = undefined
})

/** Pairs of the selected face whose left and right seem to be exchanged. */
export const swappedPairs: ReadonlySignal<readonly SwappedPair[]> = computed(() => {
  const face = selectedFace.value
  const scheme = project.value?.scheme
  if (!face || !scheme) return []
  const others = images.value
    .filter(({ file }) => file !== currentFile.value)
    .flatMap(({ faces }) => faces.filter(({ isConfirmed }) => isConfirmed))
  return findSwapped(scheme, face, others)
})

/** Shows an image. */
export function showImage(file: string, face = 0): void {
  currentFile.value = file
  selected.value = { face, point: 0 }
  dragged.value = undefined
}

/** Shows the image that is `step` further. */
export function stepImage(step: number): void {
  const index = images.peek().findIndex(({ file }) => file === currentFile.peek())
  const next = images.peek()[index + step]
  if (next) showImage(next.file)
}

/** Selects the point that is `step` further, from the last to the first. */
export function stepPoint(step: number): void {
  const count = project.peek()?.scheme.pointNames.length ?? 1
  const { face, point } = selected.peek()
  selected.value = { face, point: (point + step + count) % count }
  revealPoint()
}

/** Pans to the selected point if it is out of sight. */
function revealPoint(): void {
  const image = currentImage.peek()
  const point = selectedFace.peek()?.points[selected.peek().point]
  if (!image || !point || !isPlaced(point) || image.width === 0) return
  const x = (point.x + 0.5) / image.width
  const y = (point.y + 0.5) / image.height
  const { zoom, centerX, centerY } = viewport.peek()
  const isInSight = Math.max(Math.abs(x - centerX), Math.abs(y - centerY)) < 0.5 / zoom
  if (!isInSight) viewport.value = clampViewport({ zoom, centerX: x, centerY: y })
}

/** Selects a point of the next face. */
export function stepFace(): void {
  const count = currentImage.peek()?.faces.length ?? 0
  if (count > 0) selected.value = { face: (selected.peek().face + 1) % count, point: 0 }
}

/** Moves the selected point by pixels of the image. A point without a place is placed in the middle of what is shown. */
export function nudge(x: number, y: number): void {
  const image = currentImage.peek()
  const { face, point } = selected.peek()
  const place = image?.faces[face]?.points[point]
  if (!image || !place) return
  if (!isPlaced(place)) {
    // The size of an image is not known before it was read.
    if (image.width === 0) return
    const { centerX, centerY } = viewport.peek()
    changeFace((labels) =>
      movePoint(labels, point, { x: centerX * image.width - 0.5, y: centerY * image.height - 0.5 }),
    )
    return
  }
  // As the eye sees it.
  const shift = isMirrored.peek() ? -x : x
  changeFace((labels) => movePoint(labels, point, { x: place.x + shift, y: place.y + y }), `nudge ${face} ${point}`)
}

/** Drags a point. */
export function drag({ face, point }: CanvasPoint, { x, y }: CanvasPlace, isDone: boolean): void {
  if (isReadOnly.peek()) return
  selected.value = { face, point }
  dragged.value = isDone ? undefined : { face, point, x, y }
  if (isDone) changeFace((labels) => movePoint(labels, point, { x, y }))
}

/** Ends a drag without a change: the point is where it was. */
export function cancelDrag(): void {
  dragged.value = undefined
}

/** Places the selected point, or else the first one without a place, and selects the next one without. */
export function placePoint(place: CanvasPlace): void {
  const face = currentImage.peek()?.faces[selected.peek().face]
  if (!face || isReadOnly.peek()) return
  const point = findMissing(face, selected.peek().point)
  if (point < 0) return
  changeFace((labels) => movePoint(labels, point, place))
  const next = findMissing(currentImage.peek()?.faces[selected.peek().face] ?? face, point)
  selected.value = { ...selected.peek(), point: next < 0 ? point : next }
}

/** Marks the selected point as hidden, or as visible again. */
export function hidePoint(): void {
  const { point } = selected.peek()
  changeFace((labels) => toggleHidden(labels, point))
}

/** Takes the place of the selected point away. */
export function removePoint(): void {
  const { point } = selected.peek()
  changeFace((labels) => deletePoint(labels, point))
}

/** Exchanges the pairs whose left and right are the wrong way round. */
export function swapPairs(): void {
  const pairs = swappedPairs.peek()
  if (pairs.length > 0) changeFace((labels) => pairs.reduce((face, [a, b]) => swapPoints(face, a, b), labels))
}

/** Adds a face, whose points are placed by clicks. */
export function addFace(): void {
  const image = currentImage.peek()
  const count = project.peek()?.scheme.pointNames.length
  if (!image || !count || isReadOnly.peek()) return
  const { width, height, file, faces } = image
  changeFaces(file, [...faces, createFace({ left: 0, top: 0, width: width || 1, height: height || 1 }, count)])
  selected.value = { face: faces.length, point: 0 }
}

/** Removes the face of the selected point. */
export function removeFace(): void {
  const image = currentImage.peek()
  if (!image) return
  const { face } = selected.peek()
  changeFaces(
    image.file,
    image.faces.filter((_, i) => i !== face),
  )
  selected.value = { face: 0, point: 0 }
}

/** Confirms that all points of the face are right, and goes on to the next face or image that is not confirmed. */
export function confirmFace(): void {
  const image = currentImage.peek()
  const face = image?.faces[selected.peek().face]
  if (!image || !face || isReadOnly.peek()) return
  if (!face.points.some(isPlaced)) return
  if (!face.isConfirmed) changeFace((labels) => ({ ...labels, isConfirmed: true }))
  const next = currentImage.peek()?.faces.findIndex(({ isConfirmed }) => !isConfirmed) ?? -1
  if (next >= 0) selected.value = { face: next, point: 0 }
  else showNext(image.file)
}

/** Takes the confirmation of the face back. */
export function reopenFace(): void {
  changeFace((labels) => ({ ...labels, isConfirmed: false }))
}

function showNext(file: string): void {
  const list = images.peek()
  const index = list.findIndex((image) => image.file === file)
  const ordered = [...list.slice(index + 1), ...list.slice(0, index)]
  const isOpen = ({ faces }: (typeof list)[number]): boolean => faces.some(({ isConfirmed }) => !isConfirmed)
  const next = ordered.find(isOpen) ?? ordered.find(({ status }) => status === 'waiting')
  if (next) showImage(next.file)
}

/** The face that is best labeled next; undefined until there are enough labels to tell. */
export const suggestion: ReadonlySignal<{ readonly file: string; readonly index: number } | undefined> = computed(
  () => {
    const best = quickFit.value.ranking.find(({ id, disagreement }) => {
      const { file, index } = parseFaceName(id)
      const face = images.value.find((image) => image.file === file)?.faces[index]
      return disagreement > 0 && face && !face.isConfirmed
    })
    return best && parseFaceName(best.id)
  },
)

/** Whether all faces that were found are confirmed, and are enough for a fit. */
export const isAllConfirmed: ReadonlySignal<boolean> = computed(() => {
  const isDone = images.value.every(
    ({ status, faces }) => status !== 'waiting' && faces.every(({ isConfirmed }) => isConfirmed),
  )
  return isDone && images.value.filter(({ faces }) => faces.length > 0).length >= MIN_IMAGES
})

/** Shows the face that is best labeled next. */
export function showSuggestion(): void {
  const best = suggestion.peek()
  if (best) showImage(best.file, best.index)
}

/** Changes the face of the selected point. The box of a face that was not detected follows its points. */
function changeFace(change: (face: FaceLabel) => FaceLabel, group?: string): void {
  const image = currentImage.peek()
  const index = selected.peek().face
  const face = image?.faces[index]
  if (!image || !face) return
  const changed = change(face)
  if (changed === face) return
  const box = changed.mesh ? changed.box : (boxAroundPoints(changed.points) ?? changed.box)
  const faces = image.faces.map((other, i) => (i === index ? { ...changed, box } : other))
  changeFaces(image.file, faces, group)
}
