import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'

/** Extensions of image files, the most common first. */
const EXTENSIONS = ['jpg', 'png', 'jpeg', 'bmp', 'webp', 'gif', 'avif']

/** Tests whether a file's name ends as those of images do. */
export function isImageName(name: string): boolean {
  checkArgument(KINDS.string, name, 'name', 'isImageName')
  return EXTENSIONS.some((extension) => name.toLowerCase().endsWith(`.${extension}`))
}

/** Lists the names that the image of a name without extension may have. */
export function listImageNames(stem: string): [string, ...string[]] {
  const endings = [...EXTENSIONS, ...EXTENSIONS.map((extension) => extension.toUpperCase())]
  return endings.map((extension) => `${stem}.${extension}`) as [string, ...string[]]
}
