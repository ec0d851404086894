import { createLruCache } from '../project/lru-cache.ts'
import { getSource } from '../project/project.ts'

/** The screen shows no more; a photograph of 12 megapixels would take 48 MB in its full size. */
const MAX_SIDE = 2400
/** Images that are kept decoded: at most some 70 MB. */
const KEPT = 4

const bitmaps = createLruCache<ImageBitmap>(KEPT, (bitmap) => bitmap.close())

/** Decodes an image for the screen, upright and not larger than it shows; undefined if the page may not read it. */
export async function decodeForView(file: string): Promise<ImageBitmap | undefined> {
  const source = getSource(file)
  if (!source) return undefined
  return bitmaps.get(file, async () => {
    const bitmap = await createImageBitmap(await source())
    const scale = MAX_SIDE / Math.max(bitmap.width, bitmap.height)
    if (scale >= 1) return bitmap
    const small = await createImageBitmap(bitmap, {
      resizeWidth: Math.round(bitmap.width * scale),
      resizeHeight: Math.round(bitmap.height * scale),
      resizeQuality: 'high',
    })
    bitmap.close()
    return small
  })
}

/** Frees all images, those of a project that is closed. */
export function freeBitmaps(): void {
  bitmaps.clear()
}
