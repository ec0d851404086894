import { createDataset, type Dataset, defineScheme } from '@facekp/core'
import { expect, test } from '@jest/globals'
import { checkSamePoints } from './check-same-points.ts'

const createPoints = (name: string, ...pointNames: string[]): Dataset =>
  createDataset(defineScheme({ name, pointNames, flipPairs: [], parts: [] }), [])

test('points are compared by their names, in their order', () => {
  const train = createPoints('a', 'eye', 'nose', 'chin')
  const check = (...pointNames: string[]) =>
    checkSamePoints(train, createPoints('b', ...pointNames), { code: 'CODE', problem: 'other points', name: 'train' })
  const expected = 'the 3 points of scheme a in their order, as readers give them with scheme: train.scheme'
  expect(() => check('eye', 'nose', 'chin')).not.toThrow()
  for (const [pointNames, received] of [
    [['eye', 'chin', 'nose'], 'scheme b, whose point 1 is chin instead of nose'],
    [['eye', 'nose'], '2 points of scheme b'],
  ] as const) {
    expect(() => check(...pointNames)).toThrow(
      expect.objectContaining({ code: 'CODE', problem: 'other points', expected, received }),
    )
  }
})
