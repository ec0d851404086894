import { expect, test } from '@jest/globals'
import { checkEarlyStopping, type EarlyStoppingOptions } from './early-stopping.ts'

const report = (trainLoss: number, i: number) => ({
  epoch: i + 1,
  step: i + 1,
  trainLoss,
  valLoss: -trainLoss,
  learningRate: 0.1,
  seconds: 1,
  imagesPerSecond: 1,
})

/** Returns the epoch after which the losses stop the training, and its best epoch then. */
function findStop(losses: readonly number[], options: Omit<EarlyStoppingOptions, 'metric'>) {
  const history = losses.map(report)
  for (let epochs = 0; epochs <= losses.length; epochs++) {
    const check = checkEarlyStopping(history.slice(0, epochs), { ...options, metric: 'trainLoss' })
    if (check.shouldStop) return [epochs, check.bestEpoch]
  }
  return 'goes on'
}

// Worked by hand.
test.each<[string, number[], Omit<EarlyStoppingOptions, 'metric'>, unknown]>([
  ['without an epoch it goes on', [], { patience: 1 }, 'goes on'],
  ['while the loss falls it goes on', [5, 4, 3], { patience: 1 }, 'goes on'],
  ['an equal loss is no improvement', [5, 4, 4], { patience: 1 }, [3, 2]],
  ['an improvement restarts the patience', [5, 6, 4, 6, 6, 3], { patience: 2 }, [5, 3]],
  [
    'a fall below minDelta is no improvement, yet the smallest loss is the best',
    [5, 4.9, 4.8],
    { patience: 2, minDelta: 0.5 },
    [3, 3],
  ],
  ['small falls add up to an improvement', [5, 4.7, 4.4, 4.1, 3.8], { patience: 2, minDelta: 0.5 }, 'goes on'],
  ['NaN is no improvement', [Number.NaN, Number.NaN], { patience: 2 }, [2, undefined]],
])('%s', (_, losses, options, expected) => {
  expect(findStop(losses, options)).toEqual(expected)
})

test('checkEarlyStopping checks the metric of its options', () => {
  const history = [1, 2, 3].map(report)
  expect(checkEarlyStopping(history, { patience: 2, metric: 'valLoss' })).toEqual({ bestEpoch: 3, shouldStop: false })
  expect(checkEarlyStopping(history, { patience: 3 })).toEqual({ shouldStop: true })
})
