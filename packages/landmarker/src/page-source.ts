import { FacekpError } from '@facekp/core'

/** What a page shows: an image, a video, whose present frame is used, or a canvas. */
export type PageSource =
  | HTMLImageElement
  | HTMLVideoElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | ImageBitmap
  | VideoFrame

/** Names of width and height in pixels, independent of how large the page shows the source. */
const SIZE_KEYS: Readonly<Record<string, readonly [string, string]>> = {
  HTMLImageElement: ['naturalWidth', 'naturalHeight'],
  HTMLVideoElement: ['videoWidth', 'videoHeight'],
  HTMLCanvasElement: ['width', 'height'],
  OffscreenCanvas: ['width', 'height'],
  ImageBitmap: ['width', 'height'],
  VideoFrame: ['displayWidth', 'displayHeight'],
}

/** Tests whether a value is a page source. Unlike `instanceof`, this accepts elements of another frame, and works in Node. */
export function isPageSource(value: object): value is PageSource {
  return Object.hasOwn(SIZE_KEYS, getTypeName(value))
}

/**
 * Reads the pixels of a page source.
 *
 * @returns RGBA, 0..255, as `getImageData` gives them
 * @throws FacekpError `LANDMARKER_IMAGE` if there are no pixels yet, or the page may not read them
 */
export function readPageSource(source: PageSource): ImageData {
  const { width, height } = measure(source)
  const context = new OffscreenCanvas(width, height).getContext('2d') as OffscreenCanvasRenderingContext2D
  context.drawImage(source, 0, 0, width, height)
  try {
    return context.getImageData(0, 0, width, height)
  } catch (cause) {
    throw new FacekpError({
      code: 'LANDMARKER_IMAGE',
      problem: `the page may not read the pixels of this ${getTypeName(source)}`,
      expected: "a source of the page's own origin, or one that was loaded with crossOrigin = 'anonymous'",
      cause,
    })
  }
}

function measure(source: PageSource): { width: number; height: number } {
  const [widthKey, heightKey] = SIZE_KEYS[getTypeName(source)] as readonly [string, string]
  const numbers = source as unknown as Readonly<Record<string, number>>
  const width = numbers[widthKey] as number
  const height = numbers[heightKey] as number
  // A video knows its size before it has a frame (HAVE_CURRENT_DATA).
  const hasFrame = !('videoWidth' in source) || source.readyState >= 2
  if (width > 0 && height > 0 && hasFrame) return { width, height }
  throw new FacekpError({
    code: 'LANDMARKER_IMAGE',
    problem: `this ${getTypeName(source)} has no pixels`,
    expected: 'an image that has been loaded, a video that has a frame, or a bitmap or frame that has not been closed',
    received: `${width} x ${height} pixels${hasFrame ? '' : ' without a frame'}`,
  })
}

function getTypeName(value: object): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1)
}
