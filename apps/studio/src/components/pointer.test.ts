import { describe, expect, test } from '@jest/globals'
import { signal } from '@preact/signals'
import type { CanvasPlace, ImageCanvasProps } from './image-canvas.tsx'
import { followPointer } from './pointer.ts'
import { WHOLE_IMAGE } from './viewport.ts'

const SIZE = { width: 100, height: 100 }
/** In the middle of the canvas, which shows each pixel of the image as one of its own. */
const POINT = Float32Array.of(49.5, 49.5)

/** Follows the pointers of a canvas, and collects what they do. */
function createCanvas() {
  const moves: { place: CanvasPlace; isDone: boolean }[] = []
  const placed: CanvasPlace[] = []
  let cancels = 0
  const viewport = signal(WHOLE_IMAGE)
  const canvas = Object.assign(new EventTarget(), {
    clientWidth: SIZE.width,
    clientHeight: SIZE.height,
    dataset: {},
    setPointerCapture: () => undefined,
  })
  const props: ImageCanvasProps = {
    image: {} as ImageBitmap,
    size: SIZE,
    faces: [{ points: POINT }],
    label: 'a face',
    viewport,
    onMove: (_, place, isDone) => moves.push({ place, isDone }),
    onMoveCancel: () => {
      cancels++
    },
    onPlace: (place) => placed.push(place),
  }
  followPointer(canvas as unknown as HTMLCanvasElement, () => props)
  const send = (type: string, pointerId: number, offsetX: number, offsetY: number): void => {
    const place = { pointerId, offsetX, offsetY, button: 0, pointerType: 'touch' }
    canvas.dispatchEvent(Object.assign(new Event(`pointer${type}`), place))
  }
  return { moves, placed, getCancels: () => cancels, viewport, send }
}

test('a finger drags a point to where it lets it go', () => {
  const { send, moves, placed, getCancels } = createCanvas()
  send('down', 1, 50, 50)
  send('move', 1, 60, 55)
  send('up', 1, 62, 57)
  expect(moves).toEqual([
    { place: { x: 59.5, y: 54.5 }, isDone: false },
    { place: { x: 61.5, y: 56.5 }, isDone: true },
  ])
  expect([placed, getCancels()]).toEqual([[], 0])
})

test('a tap beside the points places one', () => {
  const { send, moves, placed } = createCanvas()
  send('down', 1, 10, 20)
  send('up', 1, 11, 20)
  expect([moves, placed]).toEqual([[], [{ x: 10.5, y: 19.5 }]])
})

describe('two fingers zoom', () => {
  test.each([
    [1, 2],
    [2, 1],
  ])('and leave a point alone on which the first one lies; finger %i is lifted first', (first, last) => {
    const { send, moves, placed, getCancels, viewport } = createCanvas()
    send('down', 1, 50, 50)
    send('move', 1, 60, 50)
    send('down', 2, 80, 50)
    expect(getCancels()).toBe(1)
    // From 20 pixels apart to 30.
    send('move', 2, 90, 50)
    expect(viewport.value.zoom).toBeCloseTo(1.5, 9)
    send('up', first, 60, 50)
    send('up', last, 90, 50)
    expect(moves.map(({ isDone }) => isDone)).toEqual([false])
    expect([placed, getCancels()]).toEqual([[], 1])
  })

  test('and place no point, also if the finger that rests is lifted last', () => {
    const { send, placed, viewport } = createCanvas()
    send('down', 1, 10, 10)
    send('down', 2, 90, 90)
    send('move', 2, 70, 70)
    send('up', 2, 70, 70)
    send('up', 1, 10, 10)
    expect(placed).toEqual([])
    expect(viewport.value).toEqual(WHOLE_IMAGE)
  })
})

test('a drag that the browser takes over leaves the point where it was', () => {
  const { send, moves, getCancels } = createCanvas()
  send('down', 1, 50, 50)
  send('move', 1, 70, 50)
  send('cancel', 1, 70, 50)
  expect(moves.map(({ isDone }) => isDone)).toEqual([false])
  expect(getCancels()).toBe(1)
})
