import { describe, expect, test } from '@jest/globals'
import { facesSmall } from '../recipe/faces.ts'
import { overrideRecipe } from '../recipe/override.ts'
import { drawTrial, parseSearchSpace } from './search-space.ts'

describe('parseSearchSpace', () => {
  test('reads values and ranges, and knows short names', () => {
    expect(parseSearchSpace(facesSmall, ['lr=1e-4..1e-2:log', 'loss=wing,l1', 'batchSize=4..16'])).toEqual([
      { key: 'learningRate.learningRate', values: { low: 1e-4, high: 1e-2, isLog: true } },
      { key: 'loss.kind', values: ['wing', 'l1'] },
      { key: 'batchSize', values: { low: 4, high: 16, isLog: false } },
    ])
    expect(parseSearchSpace({ ...facesSmall, learningRate: 1e-3 }, ['lr=1e-4,1e-3'])[0]?.key).toBe('learningRate')
  })

  test.each([
    'lr',
    'lr=',
    'lr=1e-2..1e-4',
    'lr=0..1:log',
    'size.depth=1,2',
    'lr=a',
    'lr=-1..1',
    'loss=wing,wingg',
    'nothing=1..2',
  ])('refuses %s', (param) => {
    expect(() => parseSearchSpace(facesSmall, [param])).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })
})

describe('drawTrial', () => {
  const space = parseSearchSpace(facesSmall, ['lr=1e-4..1e-2:log', 'loss=wing,l1', 'batchSize=4..6'])
  const draws = Array.from({ length: 400 }, (_, trial) =>
    drawTrial(space, trial, 0).map((override) => override.split('=')[1] as string),
  )

  test('draws the same values for the same trial, and valid ones', () => {
    expect(drawTrial(space, 7, 0)).toEqual(drawTrial(space, 7, 0))
    expect(drawTrial(space, 7, 0)).not.toEqual(drawTrial(space, 7, 1))
    const recipe = overrideRecipe(facesSmall, drawTrial(space, 7, 0))
    expect([4, 5, 6]).toContain(recipe.batchSize)
  })

  test('is uniform over values, integers and the logarithm', () => {
    // Standard deviation of the mean of 400 uniform draws from [-4, -2]: 2 / sqrt(12) / 20 = 0.029.
    const logs = draws.map(([lr]) => Math.log10(Number(lr)))
    expect(Math.abs(logs.reduce((sum, log) => sum + log, 0) / 400 + 3)).toBeLessThan(0.12)
    expect(Math.min(...logs)).toBeGreaterThanOrEqual(-4)
    expect(Math.max(...logs)).toBeLessThanOrEqual(-2)
    expect(new Set(draws.map(([, loss]) => loss))).toEqual(new Set(['wing', 'l1']))
    expect(new Set(draws.map(([, , size]) => size))).toEqual(new Set(['4', '5', '6']))
  })

  test('draws integers on a logarithmic scale too, which the recipe takes', () => {
    const sizes = parseSearchSpace(facesSmall, ['batchSize=4..64:log'])
    const drawn = Array.from({ length: 400 }, (_, trial) => overrideRecipe(facesSmall, drawTrial(sizes, trial, 0)))
    const values = drawn.map(({ batchSize }) => batchSize)
    expect(Math.min(...values)).toBeGreaterThanOrEqual(4)
    expect(Math.max(...values)).toBeLessThanOrEqual(64)
    // ln(16.5 / 3.5) / ln(64.5 / 3.5) = 0.532 of them are at most 16, with a standard deviation of 0.025.
    expect(Math.abs(values.filter((value) => value <= 16).length / 400 - 0.532)).toBeLessThan(0.1)
  })
})
