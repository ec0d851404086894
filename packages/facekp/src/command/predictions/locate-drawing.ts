import { join, resolve } from 'node:path'
import { isImageName } from '@facekp/data-formats'
import { getPathBelow } from './find-common-folder.ts'

/**
 * Returns the path of the drawing of an image: `x.png` of `x.png`, and `x.jpg.png` of `x.jpg`. It depends neither on the other images nor on
 * their order, so that parts of them are drawn by other commands, and no two images have the same.
 *
 * @param folder of the drawings
 * @param root folder that the paths of the drawings follow
 */
export function locateDrawing(
  image: string,
  { folder, root }: { readonly folder: string; readonly root: string },
): string {
  // An image of a list may be outside of its root.
  const path = getPathBelow(root, resolve(image))
  const keepsName = path.endsWith('.png') && !isImageName(path.slice(0, -'.png'.length))
  return join(folder, keepsName ? path : `${path}.png`)
}
