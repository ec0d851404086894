import {
  checkArgument,
  FacekpError,
  formatValue,
  type KeypointScheme,
  type Keypoints,
  NOT_LABELED,
  objectKind,
  optionalKind,
  VISIBLE,
} from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { pixelCenter } from './keypoint-marks.ts'
import { PREDICTED_COLOR } from './theme.ts'

const DRAW_KEYPOINTS_OPTIONS = objectKind({
  visibility: optionalKind(KINDS.visibility),
  scheme: optionalKind(KINDS.scheme),
  radius: optionalKind(KINDS.positive),
  scale: optionalKind(KINDS.positive),
})

export interface DrawKeypointsOptions {
  /** States of the points: those without a label are left out, hidden ones are hollow. Default: all are visible. */
  readonly visibility?: Uint8Array
  /** Scheme whose parts are drawn as lines; default: points only. */
  readonly scheme?: KeypointScheme
  /** CSS color, default red. */
  readonly color?: string
  /** Radius of a point in pixels of the canvas, default 3. */
  readonly radius?: number
  /** Pixels of the canvas per pixel of the image, default 1. */
  readonly scale?: number
}

/**
 * Draws keypoints on a canvas, over what it shows.
 *
 * @param canvas of a page or of a worker
 * @param points x0 y0 x1 y1 ..., in pixels of the image; (0, 0) is the center of its top-left pixel
 * @throws FacekpError `CANVAS` if it is no canvas with a 2D context, `KEYPOINT_COUNT` if points and visibility or scheme do not fit
 * @example
 * ```ts
 * import { IBUG_68 } from '@facekp/core'
 * import { drawKeypoints } from '@facekp/viz/browser'
 *
 * context.drawImage(video, 0, 0)
 * for (const { points } of faces) drawKeypoints(canvas, points, { scheme: IBUG_68 })
 * ```
 */
export function drawKeypoints(
  canvas: HTMLCanvasElement | OffscreenCanvas,
  points: Keypoints,
  options: DrawKeypointsOptions = {},
): void {
  checkArgument(KINDS.list, points, 'points', 'drawKeypoints')
  checkArgument(DRAW_KEYPOINTS_OPTIONS, options, 'options', 'drawKeypoints')
  const { visibility, scheme, color = PREDICTED_COLOR, radius = 3, scale = 1 } = options
  const context = getContext(canvas)
  checkCount(points, visibility?.length ?? points.length / 2)
  checkCount(points, scheme?.pointNames.length ?? points.length / 2)
  const indices = Array.from({ length: points.length / 2 }, (_, point) => point)
  const labeled = new Set(indices.filter((point) => visibility?.[point] !== NOT_LABELED))
  const place = (point: number): [x: number, y: number] => [
    pixelCenter(points[2 * point] as number, scale),
    pixelCenter(points[2 * point + 1] as number, scale),
  ]
  context.save()
  context.strokeStyle = color
  context.fillStyle = color
  context.lineWidth = radius / 2
  for (const { indices: part, closed } of scheme?.parts ?? []) {
    context.beginPath()
    for (const point of part) if (labeled.has(point)) context.lineTo(...place(point))
    if (closed) context.closePath()
    context.stroke()
  }
  for (const point of labeled) {
    context.beginPath()
    context.arc(...place(point), radius, 0, 2 * Math.PI)
    if ((visibility?.[point] ?? VISIBLE) === VISIBLE) context.fill()
    else context.stroke()
  }
  context.restore()
}

type Context2D = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D

function getContext(canvas: HTMLCanvasElement | OffscreenCanvas): Context2D {
  const context = typeof canvas?.getContext === 'function' ? (canvas.getContext('2d') as Context2D | null) : null
  if (context) return context
  throw new FacekpError({
    code: 'CANVAS',
    problem: 'cannot draw on the canvas',
    expected: 'a canvas of a page or an OffscreenCanvas, without a context of WebGL or WebGPU',
    received: formatValue(canvas),
  })
}

function checkCount(points: Keypoints, count: number): void {
  if (points instanceof Float32Array && points.length === 2 * count) return
  throw new FacekpError({
    code: 'KEYPOINT_COUNT',
    problem: 'invalid points to draw',
    expected: `a Float32Array of x and y of ${count} points`,
    received: points instanceof Float32Array ? `${points.length} numbers` : formatValue(points),
  })
}
