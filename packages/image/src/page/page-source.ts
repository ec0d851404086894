import { FacekpError, type Image } from '@facekp/core'
import { fromImageData } from './image-data.ts'

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
export function isPageSource(value: unknown): value is PageSource {
  return Object.hasOwn(SIZE_KEYS, getTypeName(value))
}

/**
 * Reads the pixels of what a page shows, in their full size.
 *
 * @returns RGB, bytes 0..255; alpha is dropped
 * @throws FacekpError `IMAGE_SOURCE` if it is no page source, has no pixels yet, or the page may not read them
 * @example
 * ```ts
 * import { fromPageSource } from '@facekp/image/browser'
 *
 * const image = fromPageSource(document.querySelector('img') as HTMLImageElement)
 * ```
 */
export function fromPageSource(source: PageSource): Image<Uint8Array> {
  return fromImageData(readPageSource(source, Object.keys(SIZE_KEYS)))
}

/**
 * Reads the pixels of a canvas.
 *
 * @returns RGB, bytes 0..255; alpha is dropped
 * @throws FacekpError `IMAGE_SOURCE`
 */
export function fromCanvas(canvas: HTMLCanvasElement | OffscreenCanvas): Image<Uint8Array> {
  return fromImageData(readPageSource(canvas, ['HTMLCanvasElement', 'OffscreenCanvas']))
}

/**
 * Reads the pixels of the present frame of a video, in the size of the video, not of its element.
 *
 * @returns RGB, bytes 0..255
 * @throws FacekpError `IMAGE_SOURCE`, also if the video has no frame yet
 */
export function fromVideo(video: HTMLVideoElement | VideoFrame): Image<Uint8Array> {
  return fromImageData(readPageSource(video, ['HTMLVideoElement', 'VideoFrame']))
}

/**
 * Reads the pixels of a bitmap.
 *
 * @returns RGB, bytes 0..255; alpha is dropped
 * @throws FacekpError `IMAGE_SOURCE`, also if the bitmap has been closed
 */
export function fromBitmap(bitmap: ImageBitmap): Image<Uint8Array> {
  return fromImageData(readPageSource(bitmap, ['ImageBitmap']))
}

/** Reads RGBA as `getImageData` gives it. */
function readPageSource(source: PageSource, types: readonly string[]): ImageData {
  const typeName = getTypeName(source)
  if (!types.includes(typeName)) {
    throw new FacekpError({
      code: 'IMAGE_SOURCE',
      problem: 'invalid image of a page',
      expected: types.join(', '),
      received: typeName,
    })
  }
  const { width, height } = measure(source)
  const context = new OffscreenCanvas(width, height).getContext('2d') as OffscreenCanvasRenderingContext2D
  context.drawImage(source, 0, 0, width, height)
  try {
    return context.getImageData(0, 0, width, height)
  } catch (cause) {
    throw new FacekpError({
      code: 'IMAGE_SOURCE',
      problem: `the page may not read the pixels of this ${typeName}`,
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
    code: 'IMAGE_SOURCE',
    problem: `this ${getTypeName(source)} has no pixels`,
    expected: 'an image that has been loaded, a video that has a frame, or a bitmap or frame that has not been closed',
    received: `${width} x ${height} pixels${hasFrame ? '' : ' without a frame'}`,
  })
}

function getTypeName(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1)
}
