/** What a canvas shows of an image; kept from image to image, whatever their sizes. */
export interface Viewport {
  /** 1: the whole image fits; at most {@link MAX_ZOOM}. */
  readonly zoom: number
  /** The place of the image at the center of the canvas, 0..1 of its width and height. */
  readonly centerX: number
  readonly centerY: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** The viewport that shows the whole image. */
export const WHOLE_IMAGE: Viewport = { zoom: 1, centerX: 0.5, centerY: 0.5 }

const MAX_ZOOM = 40

/** Maps pixels of an image to those of a canvas: edges of pixels to `offset + scale * edge`. */
export interface Placement {
  readonly scale: number
  readonly offsetX: number
  readonly offsetY: number
}

/** Computes where a canvas draws the image. */
export function placeImage({ zoom, centerX, centerY }: Viewport, image: Size, canvas: Size): Placement {
  const scale = zoom * Math.min(canvas.width / image.width, canvas.height / image.height)
  return {
    scale,
    offsetX: canvas.width / 2 - centerX * image.width * scale,
    offsetY: canvas.height / 2 - centerY * image.height * scale,
  }
}

/** Maps a keypoint, whose (0, 0) is the center of the top-left pixel, to the canvas. */
export function toCanvas({ scale, offsetX, offsetY }: Placement, x: number, y: number): [x: number, y: number] {
  return [offsetX + (x + 0.5) * scale, offsetY + (y + 0.5) * scale]
}

/** Maps a place of the canvas to a keypoint's coordinates. */
export function toImage({ scale, offsetX, offsetY }: Placement, x: number, y: number): [x: number, y: number] {
  return [(x - offsetX) / scale - 0.5, (y - offsetY) / scale - 0.5]
}

/** Zooms by a factor; the place of the canvas at `at`, 0..1 of its sides, stays where it is. */
export function zoomAt(
  viewport: Viewport,
  factor: number,
  at: Size & { readonly x: number; readonly y: number },
): Viewport {
  const zoom = Math.min(Math.max(viewport.zoom * factor, 1), MAX_ZOOM)
  // Sides of the canvas in sides of the fitted image.
  const share = 1 / viewport.zoom - 1 / zoom
  return clampViewport({
    zoom,
    centerX: viewport.centerX + (at.x - 0.5) * at.width * share,
    centerY: viewport.centerY + (at.y - 0.5) * at.height * share,
  })
}

/** Keeps a part of the image in sight. */
export function clampViewport({ zoom, centerX, centerY }: Viewport): Viewport {
  const margin = 0.5 / zoom
  const clamp = (center: number): number => Math.min(Math.max(center, Math.min(margin, 0.5)), Math.max(1 - margin, 0.5))
  return { zoom, centerX: clamp(centerX), centerY: clamp(centerY) }
}
