import { describe, expect, test } from '@jest/globals'
import { part1Recipes, part2Recipes, part3Recipes } from './course.ts'
import { faceRecipes, faces, facesSmall } from './faces.ts'
import { overrideRecipe } from './override.ts'
import { recipeSchema } from './recipe.ts'

const recipes = {
  ...faceRecipes,
  ...part1Recipes,
  part2: part2Recipes.course,
  tuned2: part2Recipes.tuned,
  part3: part3Recipes.course,
}

test.each(Object.entries(recipes))('recipe %s passes the schema and is plain JSON', (_, recipe) => {
  expect(recipeSchema.parse(recipe)).toEqual(recipe)
  expect(JSON.parse(JSON.stringify(recipe))).toEqual(recipe)
})

describe('overrideRecipe', () => {
  test('sets top-level and dotted keys, JSON values and plain text', () => {
    const overrides = [
      'epochs=20',
      'loss.kind=wing',
      'augmentation.flipProb=0',
      'cachedCrop={"size":104,"margin":0.45}',
    ]
    expect(overrideRecipe(faces, overrides)).toEqual({
      ...faces,
      epochs: 20,
      loss: { kind: 'wing' },
      augmentation: { ...(faces.augmentation as object), flipProb: 0 },
      cachedCrop: { size: 104, margin: 0.45 },
    })
  })

  test('the last of two overrides wins, and the recipe itself is unchanged', () => {
    const before = structuredClone(facesSmall)
    expect(overrideRecipe(facesSmall, ['tta.views=2', 'tta.views=4']).tta?.views).toBe(4)
    expect(facesSmall).toEqual(before)
  })

  test('makes the object that a dotted key reaches into', () => {
    const size = overrideRecipe(part1Recipes.course, ['size={"width":80,"height":60}', 'cachedCrop.margin=0.2'])
    expect(size.cachedCrop).toEqual({ size: { width: 80, height: 60 }, margin: 0.2 })
  })

  test.each([
    ['speed=1', /key speed of the recipe.*expected .*arch.*antialias.*batchSize/s],
    ['augmentation.speed=1', /key augmentation\.speed of the recipe.*expected .*degrees, scale.*occlusionProb/s],
    ['cachedCrop.side=1', /key cachedCrop\.side of the recipe.*did you mean size\?/s],
    ['augmentation.flipProb=2', /key augmentation\.flipProb of the recipe/],
    ['arch=vgg16', /key arch of the recipe/],
    ['tta.views=0', /key tta\.views of the recipe/],
    ['crop=tight', /key crop of the recipe.*upright.*leveled/s],
    ['learningRate.learningRate=a', /setting learningRate\.learningRate of the recipe.*received 'a'/s],
    ['loss.kind=wingg', /setting loss\.kind of the recipe.*wing/s],
    ['emaDecay=2', /setting emaDecay of the recipe/],
    ['epochs', /invalid override.*key=value.*received epochs/s],
    ['=3', /invalid override/],
  ])('%s is an error that names the fix', (override, message) => {
    expect(() => overrideRecipe(faces, [override])).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringMatching(message) }),
    )
  })

  test('leveled crops need squares with margins', () => {
    expect(overrideRecipe(faces, ['crop=leveled'])).toEqual({ ...faces, crop: 'leveled' })
    const invalid = expect.objectContaining({
      code: 'OPTION_INVALID',
      problem: expect.stringContaining('do not suit leveled crops'),
      expected: expect.stringContaining('such as size 128 and margin 0.2'),
    })
    expect(() => overrideRecipe(part1Recipes.tuned, ['crop=leveled'])).toThrow(invalid)
    expect(() => overrideRecipe(faces, ['crop=leveled', 'size={"width":80,"height":60}'])).toThrow(invalid)
    expect(() => overrideRecipe(faces, ['crop=leveled', 'cachedCrop={"size":208}'])).toThrow(
      expect.objectContaining({
        problem: expect.stringContaining('cachedCrop.margin'),
        received: 'size 208 x 208, no margin',
      }),
    )
  })
})
