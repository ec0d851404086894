import { NOT_LABELED } from '@facekp/core'
import { drawKeypoints } from '@facekp/viz/browser'
import { chooseRadius } from './choose-radius.ts'
import type { CanvasContent, CanvasFace } from './image-canvas.tsx'
import { type Placement, placeImage, type Size, toCanvas, type Viewport } from './viewport.ts'

/** Color of the points, bright on skin of every tone; a dark rim keeps it readable on light places. */
const POINT_COLOR = '#5ff2dd'
const SELECTED_COLOR = '#ffd84d'
const RIM_COLOR = 'rgb(0 0 0 / 55%)'
/** Texts whose first letter is of a script that is written from right to left, as in `dir="auto"`. */
const RIGHT_TO_LEFT = /^\P{Letter}*[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u
/** Above this zoom, pixels are shown as squares. */
const PIXEL_ZOOM = 6

/** Paints an image with its faces. Sizes of marks are in pixels of the page. */
export function paintCanvas(canvas: HTMLCanvasElement, content: CanvasContent, viewport: Viewport): void {
  const ratio = devicePixelRatio
  const size = { width: Math.round(canvas.clientWidth * ratio), height: Math.round(canvas.clientHeight * ratio) }
  if (size.width === 0 || size.height === 0) return
  if (canvas.width !== size.width) canvas.width = size.width
  if (canvas.height !== size.height) canvas.height = size.height
  const context = canvas.getContext('2d') as CanvasRenderingContext2D
  const placement = placeImage(viewport, content.size, size)
  context.clearRect(0, 0, size.width, size.height)
  context.save()
  if (content.isMirrored) context.setTransform(-1, 0, 0, 1, size.width, 0)
  context.imageSmoothingEnabled = placement.scale < PIXEL_ZOOM * ratio
  context.imageSmoothingQuality = 'high'
  const { image, size: imageSize } = content
  const { scale, offsetX, offsetY } = placement
  context.drawImage(image, offsetX, offsetY, imageSize.width * scale, imageSize.height * scale)
  context.restore()
  const painter = { canvas, context, content, placement, ratio, size }
  for (const [index, face] of content.faces.entries()) paintFace(painter, face, index)
}

interface Painter {
  readonly canvas: HTMLCanvasElement
  readonly context: CanvasRenderingContext2D
  readonly content: CanvasContent
  readonly placement: Placement
  /** Pixels of the canvas per pixel of the page. */
  readonly ratio: number
  readonly size: Size
}

/** Maps a keypoint to the canvas, exchanging left and right if the image is mirrored. */
function place({ content, placement, size }: Painter, x: number, y: number): [x: number, y: number] {
  const [left, top] = toCanvas(placement, x, y)
  return [content.isMirrored ? size.width - left : left, top]
}

function paintFace(painter: Painter, face: CanvasFace, index: number): void {
  const { canvas, context, content, placement, ratio } = painter
  if (face.box) paintBox(painter, face)
  const points = new Float32Array(face.points.length)
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = place(painter, face.points[i] as number, face.points[i + 1] as number)
    // The canvas counts from the corner of its first pixel, keypoints from the center.
    points.set([x - 0.5, y - 0.5], i)
  }
  const radius = chooseRadius(face, placement.scale / ratio) * ratio
  const options = {
    ...(face.visibility ? { visibility: face.visibility } : {}),
    ...(content.scheme && 2 * content.scheme.pointNames.length === points.length ? { scheme: content.scheme } : {}),
  }
  context.save()
  context.lineJoin = 'round'
  drawKeypoints(canvas, points, { ...options, color: RIM_COLOR, radius: radius * 1.5 })
  drawKeypoints(canvas, points, { ...options, color: face.color ?? POINT_COLOR, radius })
  context.restore()
  const { selected } = content
  const isPlaced = selected?.face === index && face.visibility?.[selected.point] !== NOT_LABELED
  if (isPlaced) paintSelected(painter, points, selected.point)
}

function paintBox(painter: Painter, { box, caption, color = POINT_COLOR }: CanvasFace): void {
  if (!box) return
  const { context, ratio, placement, content, size } = painter
  // Boxes run along edges of pixels.
  const left = placement.offsetX + box.left * placement.scale
  const width = box.width * placement.scale
  const x = content.isMirrored ? size.width - left - width : left
  const y = placement.offsetY + box.top * placement.scale
  context.save()
  for (const [lineWidth, stroke] of [
    [3.5, RIM_COLOR],
    [1.5, color],
  ] as const) {
    context.lineWidth = lineWidth * ratio
    context.strokeStyle = stroke
    context.beginPath()
    context.roundRect(x, y, width, box.height * placement.scale, 6 * ratio)
    context.stroke()
  }
  if (caption) paintText(painter, caption, [x, y - 7 * ratio])
  context.restore()
}

function paintSelected(painter: Painter, points: Float32Array, point: number): void {
  const { context, ratio, content } = painter
  const x = (points[2 * point] as number) + 0.5
  const y = (points[2 * point + 1] as number) + 0.5
  context.save()
  for (const [lineWidth, stroke] of [
    [4.5, RIM_COLOR],
    [2, SELECTED_COLOR],
  ] as const) {
    context.lineWidth = lineWidth * ratio
    context.strokeStyle = stroke
    context.beginPath()
    context.arc(x, y, 8 * ratio, 0, 2 * Math.PI)
    context.stroke()
  }
  const name = content.scheme?.pointNames[point]
  if (name) paintName(painter, name, [x, y])
  context.restore()
}

/** Writes the name of a point beside it: on the right, or on the left if there is more space. */
function paintName(painter: Painter, name: string, [x, y]: readonly [number, number]): void {
  const { context, ratio, size } = painter
  context.font = createFont(ratio)
  const width = context.measureText(name).width
  const isRight = x + 14 * ratio + width < size.width || x < size.width / 2
  paintText(painter, name, [isRight ? x + 14 * ratio : x - 14 * ratio - width, y + 4 * ratio])
}

function createFont(ratio: number): string {
  return `600 ${12 * ratio}px system-ui, sans-serif`
}

function paintText({ context, ratio }: Painter, text: string, [x, y]: readonly [number, number]): void {
  context.font = createFont(ratio)
  context.textAlign = 'left'
  context.direction = RIGHT_TO_LEFT.test(text) ? 'rtl' : 'ltr'
  context.lineJoin = 'round'
  context.lineWidth = 3.5 * ratio
  context.strokeStyle = 'rgb(0 0 0 / 75%)'
  context.strokeText(text, x, y)
  context.fillStyle = '#ffffff'
  context.fillText(text, x, y)
}
