import { checkArgument, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type { ModelName } from '@facekp/models'
import { FRAME, frameSize } from '../transforms/limits.ts'
import { overrideRecipe } from './override.ts'
import type { Recipe } from './recipe.ts'

const SELECT_RECIPE_OPTIONS = objectKind({ recipe: KINDS.string })

/** What a command line says of a recipe. */
export interface RecipeOptions<Name extends string> {
  readonly recipe: Name
  readonly epochs?: number | undefined
  /** Another network; it is not anti-aliased unless `antialias` says so. */
  readonly arch?: ModelName | undefined
  readonly antialias?: boolean | undefined
  /** Side of the square that the network sees, in pixels. */
  readonly size?: number | undefined
  /** Further changes, as {@link overrideRecipe} takes them; they win. */
  readonly override?: readonly string[] | undefined
}

/**
 * Picks a recipe by its name and applies the changes of a command line.
 *
 * @throws what {@link overrideRecipe} throws
 */
export function selectRecipe<Name extends string>(
  recipes: Readonly<Record<Name, Recipe>>,
  options: RecipeOptions<Name>,
): Recipe {
  checkArgument(KINDS.object, recipes, 'recipes', 'selectRecipe')
  checkArgument(SELECT_RECIPE_OPTIONS, options, 'options', 'selectRecipe')
  const { epochs, arch, antialias, size, override = [] } = options
  const recipe = recipes[options.recipe]
  const changed: Recipe = {
    ...recipe,
    ...(epochs ? { epochs } : {}),
    ...(arch ? { arch, antialias: false } : {}),
    ...(antialias ? { antialias } : {}),
  }
  return overrideRecipe(size === undefined ? changed : resizeRecipe(changed, size), override)
}

/** Changes the side of the square input of the network and, in proportion, of the cached crops. */
export function resizeRecipe(recipe: Recipe, size: number): Recipe {
  checkArgument(FRAME, recipe, 'recipe', 'resizeRecipe')
  checkArgument(FRAME, recipe.cachedCrop, 'recipe.cachedCrop', 'resizeRecipe')
  checkArgument(KINDS.size, size, 'size', 'resizeRecipe')
  const { cachedCrop } = recipe
  const scale = size / frameSize(recipe).width
  return { ...recipe, size, cachedCrop: { ...cachedCrop, size: Math.round(frameSize(cachedCrop).width * scale) } }
}
