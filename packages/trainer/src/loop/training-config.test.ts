import { describe, expect, test } from '@jest/globals'
import { parseTrainingConfig } from './training-config.ts'

const GOOD = { epochs: 2, batchSize: 4, learningRate: 0.01 }

describe('parseTrainingConfig', () => {
  test('fills in what has a default, and is its own fixed point', () => {
    const config = parseTrainingConfig({ ...GOOD, loss: { kind: 'wing', omega: 5 } })
    expect(config).toEqual({
      ...GOOD,
      loss: { kind: 'wing', omega: 5 },
      accumulate: 1,
      seed: 0,
      optimizer: { kind: 'adam' },
      groups: [],
      tensorLeakLimit: 1000,
    })
    expect(parseTrainingConfig(JSON.parse(JSON.stringify(config)))).toEqual(config)
  })

  test.each<[object, string, string]>([
    [{ epochs: 0 }, 'epochs', '0'],
    [{ epochs: undefined }, 'epochs', 'undefined'],
    [{ epoch: 3 }, 'epoch', '3'],
    [{ optimizer: { kind: 'sgd', momentum: 1 } }, 'optimizer.momentum', '1'],
    [{ optimizer: { kind: 'adamw' } }, 'optimizer.kind', 'adamw'],
    [{ learningRate: { kind: 'cosine', rate: 0 } }, 'learningRate.rate', '0'],
    [{ learningRate: { kind: 'cosine', rate: 1, factor: 2 } }, 'learningRate.factor', '2'],
    [{ learningRate: -1 }, 'learningRate', '-1'],
    [{ loss: { kind: 'wing', omega: -1 } }, 'loss.omega', '-1'],
    [{ loss: { kind: 'wings' } }, 'loss.kind', 'wings'],
    [
      {
        groups: [
          { layers: 'conv', rate: 1 },
          { layers: 'conv', rate: -1 },
        ],
      },
      'groups[1].rate',
      '-1',
    ],
    [{ pointWeights: { byPoint: [1, -2] } }, 'pointWeights.byPoint[1]', '-2'],
    [{ earlyStopping: { patience: 0 } }, 'earlyStopping.patience', '0'],
    [{ limitBatches: 1, overfitBatches: 1 }, 'limitBatches', '1'],
    [{ timeLimitSeconds: -1 }, 'timeLimitSeconds', '-1'],
  ])('names the place within %j that cannot be used', (more, place, received) => {
    const parse = () => parseTrainingConfig({ ...GOOD, ...more }, { file: 'run.json', within: 'config' })
    expect(parse).toThrow(expect.objectContaining({ code: 'TRAIN_CONFIG', file: 'run.json', received }))
    expect(parse).toThrow(`config.${place} cannot be used: `)
  })

  test('takes no function and nothing else than settings', () => {
    for (const json of [null, 'settings', [], { ...GOOD, learningRate: () => 1 }, { ...GOOD, loss: () => 1 }])
      expect(() => parseTrainingConfig(json)).toThrow(expect.objectContaining({ code: 'TRAIN_CONFIG' }))
  })
})
