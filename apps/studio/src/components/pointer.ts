import type { CanvasPlace, CanvasPoint, ImageCanvasProps } from './image-canvas.tsx'
import { clampViewport, placeImage, type Size, toCanvas, toImage, zoomAt } from './viewport.ts'

/** A point is hit within this distance, in pixels of the page: for a mouse, and for a finger. */
const REACH = { mouse: 10, touch: 22 } as const
/** A press that moves by more than this is a drag. */
const DRAG_DISTANCE = 4

interface Press {
  readonly id: number
  readonly startX: number
  readonly startY: number
  x: number
  y: number
  isDrag: boolean
  /** The point that it drags. */
  point: CanvasPoint | undefined
  /** From the pointer to the point, so that a point does not jump when it is pressed beside its center. */
  readonly gripX: number
  readonly gripY: number
}

/**
 * Follows pointer and wheel on a canvas: zoom, pan, and drags of points.
 *
 * @returns a function that ends it
 */
export function followPointer(canvas: HTMLCanvasElement, getProps: () => ImageCanvasProps): () => void {
  const controller = new AbortController()
  const { signal } = controller
  const surface = createSurface(canvas, getProps)
  canvas.addEventListener('wheel', (event) => zoomByWheel(event, surface), { signal, passive: false })
  const presses = new Map<number, Press>()
  canvas.addEventListener('pointerdown', (event) => startPress(event, surface, presses), { signal })
  canvas.addEventListener('pointermove', (event) => movePress(event, surface, presses), { signal })
  canvas.addEventListener('pointerup', (event) => endPress(event, surface, presses), { signal })
  canvas.addEventListener('pointercancel', (event) => cancelPress(event, surface, presses), { signal })
  return () => controller.abort()
}

interface Surface {
  readonly canvas: HTMLCanvasElement
  readonly getProps: () => ImageCanvasProps
  /** Maps an event to a keypoint's coordinates. */
  readonly locate: (event: PointerEvent | WheelEvent) => CanvasPlace
  readonly getSize: () => Size
}

function createSurface(canvas: HTMLCanvasElement, getProps: () => ImageCanvasProps): Surface {
  const getSize = (): Size => ({ width: canvas.clientWidth, height: canvas.clientHeight })
  return {
    canvas,
    getProps,
    getSize,
    locate({ offsetX, offsetY }) {
      const { viewport, size, isMirrored } = getProps()
      const canvasSize = getSize()
      const left = isMirrored ? canvasSize.width - offsetX : offsetX
      const [x, y] = toImage(placeImage(viewport.peek(), size, canvasSize), left, offsetY)
      return { x, y }
    },
  }
}

function zoomByWheel(event: WheelEvent, surface: Surface): void {
  event.preventDefault()
  // Two fingers on a trackpad arrive as a wheel with Ctrl and small steps.
  const factor = Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015) * (event.deltaMode === 1 ? 20 : 1))
  zoomSurface(surface, factor, event)
}

function zoomSurface(
  { getProps, getSize }: Surface,
  factor: number,
  { offsetX, offsetY }: { readonly offsetX: number; readonly offsetY: number },
): void {
  const { viewport, size, isMirrored } = getProps()
  const canvas = getSize()
  const fitted = placeImage({ ...viewport.peek(), zoom: 1 }, size, canvas).scale
  const x = offsetX / canvas.width
  viewport.value = zoomAt(viewport.peek(), factor, {
    x: isMirrored ? 1 - x : x,
    y: offsetY / canvas.height,
    width: canvas.width / (size.width * fitted),
    height: canvas.height / (size.height * fitted),
  })
}

function startPress(event: PointerEvent, surface: Surface, presses: Map<number, Press>): void {
  if (event.button !== 0) return
  const { canvas, getProps } = surface
  canvas.setPointerCapture(event.pointerId)
  const props = getProps()
  // Two fingers zoom: neither of them moves or places a point.
  for (const press of presses.values()) releasePoint(press, surface)
  const isSecond = presses.size > 0
  const point = !isSecond && (props.onMove || props.onSelect) ? findPoint(event, surface) : undefined
  const place = surface.locate(event)
  const points = point && props.faces[point.face]?.points
  presses.set(event.pointerId, {
    id: event.pointerId,
    startX: event.offsetX,
    startY: event.offsetY,
    x: event.offsetX,
    y: event.offsetY,
    isDrag: isSecond,
    point,
    gripX: point && points ? (points[2 * point.point] as number) - place.x : 0,
    gripY: point && points ? (points[2 * point.point + 1] as number) - place.y : 0,
  })
  if (point) props.onSelect?.(point)
}

function movePress(event: PointerEvent, surface: Surface, presses: Map<number, Press>): void {
  const press = presses.get(event.pointerId)
  if (!press) {
    const { onMove, onSelect } = surface.getProps()
    if (onMove || onSelect) surface.canvas.dataset['over'] = findPoint(event, surface) ? 'point' : ''
    return
  }
  press.isDrag ||= Math.hypot(event.offsetX - press.startX, event.offsetY - press.startY) > DRAG_DISTANCE
  if (presses.size === 2) pinch(event, surface, presses)
  else if (press.isDrag && press.point) movePoint(event, surface, press, false)
  else if (press.isDrag) pan(surface, event.offsetX - press.x, event.offsetY - press.y)
  press.x = event.offsetX
  press.y = event.offsetY
}

/** Ends the drag of a point without a change. What the pointer does from here on is no click either. */
function releasePoint(press: Press, { getProps }: Surface): void {
  if (press.isDrag && press.point) getProps().onMoveCancel?.()
  press.isDrag = true
  press.point = undefined
}

function cancelPress(event: PointerEvent, surface: Surface, presses: Map<number, Press>): void {
  const press = presses.get(event.pointerId)
  if (press) releasePoint(press, surface)
  presses.delete(event.pointerId)
}

function endPress(event: PointerEvent, surface: Surface, presses: Map<number, Press>): void {
  const press = presses.get(event.pointerId)
  const isSingle = presses.size === 1
  presses.delete(event.pointerId)
  if (!press || !isSingle) return
  if (press.isDrag && press.point) movePoint(event, surface, press, true)
  else if (!press.isDrag && !press.point) surface.getProps().onPlace?.(surface.locate(event))
}

function movePoint(event: PointerEvent, surface: Surface, press: Press, isDone: boolean): void {
  const { x, y } = surface.locate(event)
  if (press.point) surface.getProps().onMove?.(press.point, { x: x + press.gripX, y: y + press.gripY }, isDone)
}

function pan({ getProps, getSize }: Surface, deltaX: number, deltaY: number): void {
  const { viewport, size, isMirrored } = getProps()
  const { scale } = placeImage(viewport.peek(), size, getSize())
  const { zoom, centerX, centerY } = viewport.peek()
  viewport.value = clampViewport({
    zoom,
    centerX: centerX - ((isMirrored ? -1 : 1) * deltaX) / (scale * size.width),
    centerY: centerY - deltaY / (scale * size.height),
  })
}

/** Zooms by the distance of two fingers and pans by their middle. */
function pinch(event: PointerEvent, surface: Surface, presses: Map<number, Press>): void {
  const moving = presses.get(event.pointerId) as Press
  const other = [...presses.values()].find((press) => press !== moving) as Press
  const before = Math.hypot(moving.x - other.x, moving.y - other.y)
  const after = Math.hypot(event.offsetX - other.x, event.offsetY - other.y)
  pan(surface, (event.offsetX - moving.x) / 2, (event.offsetY - moving.y) / 2)
  const middle = { offsetX: (event.offsetX + other.x) / 2, offsetY: (event.offsetY + other.y) / 2 }
  if (before > 0) zoomSurface(surface, after / before, middle)
}

/** Finds the nearest point within reach. */
function findPoint(event: PointerEvent, { getProps, getSize }: Surface): CanvasPoint | undefined {
  const { viewport, size, isMirrored, faces } = getProps()
  const canvas = getSize()
  const placement = placeImage(viewport.peek(), size, canvas)
  const x = isMirrored ? canvas.width - event.offsetX : event.offsetX
  let nearest: CanvasPoint | undefined
  let distance: number = REACH[event.pointerType === 'touch' ? 'touch' : 'mouse']
  for (const [face, { points, visibility }] of faces.entries()) {
    for (let point = 0; point < points.length / 2; point++) {
      if (visibility?.[point] === 0) continue
      const [left, top] = toCanvas(placement, points[2 * point] as number, points[2 * point + 1] as number)
      const reach = Math.hypot(left - x, top - event.offsetY)
      if (reach > distance) continue
      distance = reach
      nearest = { face, point }
    }
  }
  return nearest
}
