import { expect, test } from '@jest/globals'
import { part3Recipes } from './course.ts'
import { faceRecipes, faceRecipesFor, facesSmall } from './faces.ts'
import { resizeRecipe, selectRecipe } from './select-recipe.ts'

test('picks a recipe by its name and changes nothing unasked', () => {
  expect(selectRecipe(faceRecipes, { recipe: 'faces-small' })).toEqual(facesSmall)
})

test('epochs, network and size change the recipe, and overrides win', () => {
  const recipe = selectRecipe(part3Recipes, {
    recipe: 'course',
    epochs: 2,
    arch: 'heatmapNet16',
    size: 120,
    override: ['epochs=3'],
  })
  expect(recipe).toMatchObject({ arch: 'heatmapNet16', antialias: false, epochs: 3, size: 120 })
  expect(recipe.cachedCrop).toEqual({ size: 136, margin: 0.3 })
  expect(selectRecipe(part3Recipes, { recipe: 'tuned', arch: 'resnet18', antialias: true }).antialias).toBe(true)
})

test('the cached crop is resized in proportion', () => {
  expect(resizeRecipe(facesSmall, 64).cachedCrop).toEqual({ size: 104, margin: 0.45 })
})

test('IMM is trained for three times as many epochs', () => {
  expect(faceRecipesFor('imm').faces.epochs).toBe(3 * faceRecipes.faces.epochs)
  expect(faceRecipesFor('300w')).toBe(faceRecipes)
})
