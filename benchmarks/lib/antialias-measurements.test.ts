import { expect, test } from '@jest/globals'
import { describeSettings, type Measurement, mergeMeasurements } from './antialias-measurements.ts'

/** A call that measured seeds of one network, with an error that tells calls apart. */
function measure(command: string, seeds: readonly number[], maePx: number): Measurement {
  const trainings = seeds.map((seed) => ({ head: 'pooled', start: 'random', network: 'plain', seed, maePx }))
  const comparison = {
    settings: { size: 64, epochs: 8, faces: 1104 },
    trainings,
  } as unknown as Measurement['comparison']
  return { runs: [{ command, machine: 'Machine: one.' }], comparison }
}

function listCalls({ runs }: Measurement): string[] {
  return runs.map(({ command }) => command)
}

test.each([{ size: 96 }, { epochs: 32 }, { faces: 552 }])(
  'trainings with other %j have a table of their own',
  (change) => {
    const measurement = measure('--seeds 1', [1], 10)
    const { comparison } = measurement
    const other = { ...measurement, comparison: { ...comparison, settings: { ...comparison.settings, ...change } } }
    expect(describeSettings(measurement)).toBe('64 x 64 pixels, 8 epochs, 1104 faces')
    expect(describeSettings(other)).not.toBe(describeSettings(measurement))
  },
)

test('a repeated call is listed once, and those whose trainings are kept stay', () => {
  const both = mergeMeasurements(measure('--seeds 1', [1], 10), measure('--seeds 2', [2], 11))
  expect(listCalls(both)).toEqual(['--seeds 1', '--seeds 2'])
  for (const seed of [1, 2]) {
    const again = mergeMeasurements(both, measure(`--seeds ${seed}`, [seed], 12))
    expect(listCalls(again).sort()).toEqual(['--seeds 1', '--seeds 2'])
    const errors = again.comparison.trainings.map((training) => [training.seed, training.maePx])
    expect(errors.sort()).toEqual([1, 2].map((other) => [other, other === seed ? 12 : other + 9]))
  }
})

test('a call that measures all trainings anew is the only one', () => {
  expect(listCalls(mergeMeasurements(measure('--seeds 1', [1], 10), measure('--seeds 1,2', [1, 2], 11)))).toEqual([
    '--seeds 1,2',
  ])
})
