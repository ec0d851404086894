import type { Box, KeypointScheme } from '@facekp/core'
import type { Signal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { paintCanvas } from './paint-canvas.ts'
import { followPointer } from './pointer.ts'
import type { Size, Viewport } from './viewport.ts'

/** A face that a canvas shows. */
export interface CanvasFace {
  /** x0 y0 x1 y1 ..., in pixels of the image; (0, 0) is the center of its top-left pixel. */
  readonly points: Float32Array
  /** As in `Sample`; default: all are visible. */
  readonly visibility?: Uint8Array
  readonly box?: Box
  /** Text at the box, such as a score. */
  readonly caption?: string
  /** CSS color of the points; default that of the page. */
  readonly color?: string
}

/** A point of a face, by their indices. */
export interface CanvasPoint {
  readonly face: number
  readonly point: number
}

/** What a canvas shows. */
export interface CanvasContent {
  /** The pixels; they may be smaller than `size`, such as a preview of a large photograph. */
  readonly image: ImageBitmap | HTMLCanvasElement | OffscreenCanvas | HTMLVideoElement
  /** Size of the image in which points are given. */
  readonly size: Size
  readonly faces: readonly CanvasFace[]
  /** Its parts are drawn as lines, and its names beside the selected point. */
  readonly scheme?: KeypointScheme
  readonly selected?: CanvasPoint | undefined
  /** Whether left and right are exchanged, as in a mirror. */
  readonly isMirrored?: boolean
}

/** A place where the pointer is, in coordinates of keypoints. */
export interface CanvasPlace {
  readonly x: number
  readonly y: number
}

export interface ImageCanvasProps extends CanvasContent {
  /** Describes the image for those who do not see it. */
  readonly label: string
  readonly viewport: Signal<Viewport>
  /** A point was pressed; it may be dragged then. */
  readonly onSelect?: (point: CanvasPoint) => void
  /** A point was dragged; `isDone` is true for the last call of a drag. */
  readonly onMove?: (point: CanvasPoint, place: CanvasPlace, isDone: boolean) => void
  /** A drag of a point ended without a change: a second finger zooms, or the browser took the pointer. */
  readonly onMoveCancel?: () => void
  /** A place without a point was clicked. */
  readonly onPlace?: (place: CanvasPlace) => void
  /** Changes when the pixels do, such as the number of a frame. */
  readonly version?: number
}

/**
 * Shows an image with boxes and keypoints. The wheel and two fingers zoom, a drag of the background pans, a drag of a point moves it.
 * Marks have the same size at every zoom.
 */
export function ImageCanvas(props: ImageCanvasProps): VNode {
  const canvas = useRef<HTMLCanvasElement>(null)
  const latest = useRef(props)
  latest.current = props
  const request = useRef(0)
  const paint = (): void => {
    cancelAnimationFrame(request.current)
    request.current = requestAnimationFrame(() => {
      if (canvas.current) paintCanvas(canvas.current, latest.current, latest.current.viewport.peek())
    })
  }
  const { viewport } = props
  useEffect(paint)
  useEffect(() => viewport.subscribe(paint), [viewport])
  useEffect(() => {
    const element = canvas.current as HTMLCanvasElement
    const observer = new ResizeObserver(paint)
    observer.observe(element)
    const stopFollowing = followPointer(element, () => latest.current)
    return () => {
      observer.disconnect()
      stopFollowing()
      cancelAnimationFrame(request.current)
    }
  }, [])
  return <canvas ref={canvas} class="image-canvas" role="img" aria-label={props.label} />
}
