import type { Dataset } from '@facekp/core'
import { cacheGray, type Recipe } from '@facekp/recipes'
import { findImm, loadImm } from '@facekp/recipes/node'

/** Returns the folder of the IMM Face Database. Throws if it is missing: synthetic faces give other errors. */
export function requireImm(data: string | undefined): string {
  const folder = data ?? findImm()
  if (folder !== undefined) return folder
  throw new Error('the IMM Face Database is missing: pass its folder as --data DIR')
}

/** Faces as `fit` takes them. */
export interface ImmFaces {
  readonly train: Dataset
  readonly test: Dataset
  readonly originals: Dataset
}

/**
 * Loads the IMM Face Database at the size that a recipe caches, split as in the course.
 *
 * @param select chooses the keypoints of each face; default: all
 */
export async function loadImmFaces(
  data: string,
  recipe: Recipe,
  select: (faces: Dataset) => Dataset = (faces) => faces,
): Promise<ImmFaces> {
  const { train, test } = await loadImm({ data })
  return {
    train: cacheGray(select(train), recipe.cachedCrop),
    test: cacheGray(select(test), recipe.cachedCrop),
    originals: select(test),
  }
}
