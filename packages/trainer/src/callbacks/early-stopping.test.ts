import { expect, test } from '@jest/globals'
import { type EarlyStopping, gainsOf } from './early-stopping.ts'

const report = (trainLoss: number, i: number) => ({
  epoch: i + 1,
  step: i + 1,
  trainLoss,
  valLoss: -trainLoss,
  learningRate: 0.1,
  seconds: 1,
  imagesPerSecond: 1,
})

/** After which epoch the figures end the training, and which is its best then. */
function ending(figures: readonly number[], settings: Omit<EarlyStopping, 'metric'>) {
  const history = figures.map(report)
  for (let done = 0; done <= figures.length; done++) {
    const gains = gainsOf(history.slice(0, done), { ...settings, metric: 'trainLoss' })
    if (gains.isOver) return [done, gains.bestEpoch]
  }
  return 'goes on'
}

// Worked by hand.
test.each<[string, number[], Omit<EarlyStopping, 'metric'>, unknown]>([
  ['nothing yet', [], { patience: 1 }, 'goes on'],
  ['as long as it falls', [5, 4, 3], { patience: 1 }, 'goes on'],
  ['equal is no gain', [5, 4, 4], { patience: 1 }, [3, 2]],
  ['a gain begins the patience anew', [5, 6, 4, 6, 6, 3], { patience: 2 }, [5, 3]],
  ['small falls are no gain, yet the smallest is the best', [5, 4.9, 4.8], { patience: 2, minDelta: 0.5 }, [3, 3]],
  ['small falls that sum up are', [5, 4.7, 4.4, 4.1, 3.8], { patience: 2, minDelta: 0.5 }, 'goes on'],
  ['what is no number is no gain', [Number.NaN, Number.NaN], { patience: 2 }, [2, undefined]],
])('%s', (_, figures, settings, expected) => {
  expect(ending(figures, settings)).toEqual(expected)
})

test('is of the metric named', () => {
  const history = [1, 2, 3].map(report)
  expect(gainsOf(history, { patience: 2, metric: 'valLoss' })).toEqual({ bestEpoch: 3, isOver: false })
  expect(gainsOf(history, { patience: 3 })).toEqual({ isOver: true })
})
