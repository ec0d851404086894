import type { Size } from '../components/viewport.ts'
import { createLruCache } from '../project/lru-cache.ts'
import { getSource } from '../project/project.ts'

/** The screen shows no more; a photograph of 12 megapixels would take 48 MB in its full size. */
const MAX_SIDE = 2400
/** Images that are kept decoded: at most some 70 MB. */
const KEPT = 4

/** An image for the screen. */
export interface ViewImage {
  /** The pixels, upright and not more than the screen shows. */
  readonly bitmap: ImageBitmap
  /** Size of the image itself. */
  readonly size: Size
}

const bitmaps = createLruCache<ViewImage>(KEPT, ({ bitmap }) => bitmap.close())

/** Decodes an image for the screen; undefined if the page may not read it. */
export async function decodeForView(file: string): Promise<ViewImage | undefined> {
  const source = getSource(file)
  if (!source) return undefined
  return bitmaps.get(file, async () => {
    const bitmap = await createImageBitmap(await source())
    const size = { width: bitmap.width, height: bitmap.height }
    const scale = MAX_SIDE / Math.max(size.width, size.height)
    if (scale >= 1) return { bitmap, size }
    const small = await createImageBitmap(bitmap, {
      resizeWidth: Math.max(1, Math.round(size.width * scale)),
      resizeHeight: Math.max(1, Math.round(size.height * scale)),
      resizeQuality: 'high',
    })
    bitmap.close()
    return { bitmap: small, size }
  })
}

/** Frees all images, those of a project that is closed. */
export function freeBitmaps(): void {
  bitmaps.clear()
}
