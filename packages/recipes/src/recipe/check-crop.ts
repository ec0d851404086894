import { FacekpError } from '@facekp/core'
import { frameSize } from '../transforms/limits.ts'
import type { Recipe } from './recipe.ts'

/** Throws `OPTION_INVALID` if the crops of a recipe are leveled, and its frames are not squares with a margin. */
export function checkCrop(recipe: Pick<Recipe, 'crop' | 'size' | 'margin' | 'cachedCrop'>): void {
  if (recipe.crop !== 'leveled') return
  for (const [key, frame] of [
    ['', recipe],
    ['cachedCrop.', recipe.cachedCrop],
  ] as const) {
    const { width, height } = frameSize(frame)
    if (frame.margin !== undefined && width === height) continue
    throw new FacekpError({
      code: 'OPTION_INVALID',
      problem: `${key}size and ${key}margin of the recipe do not suit leveled crops`,
      expected: 'a square with a margin, such as size 128 and margin 0.2, or crop upright',
      received: `size ${width} x ${height}, ${frame.margin === undefined ? 'no margin' : `margin ${frame.margin}`}`,
    })
  }
}
