import { describe, expect, test } from '@jest/globals'
import { parseTrainingConfig } from './training-config.ts'

const GOOD = { epochs: 2, batchSize: 4, learningRate: 0.01 }

describe('parseTrainingConfig', () => {
  test('adds the defaults, and parses its own result', () => {
    const config = parseTrainingConfig({ ...GOOD, loss: { kind: 'wing', omega: 5 } })
    expect(config).toEqual({
      ...GOOD,
      loss: { kind: 'wing', omega: 5 },
      gradientAccumulationSteps: 1,
      seed: 0,
      optimizer: { kind: 'adam' },
      paramGroups: [],
      tensorLeakLimit: 1000,
    })
    expect(parseTrainingConfig(JSON.parse(JSON.stringify(config)))).toEqual(config)
  })

  test.each<[object, string, string]>([
    [{ epochs: 0 }, 'epochs', '0'],
    [{ epochs: undefined }, 'epochs', 'undefined'],
    [{ epoch: 3 }, 'epoch', 'an unknown name: did you mean epochs?'],
    [{ optimizer: { kind: 'sgd', momentum: 1 } }, 'optimizer.momentum', '1'],
    [{ optimizer: { kind: 'adamw' } }, 'optimizer.kind', "'adamw'"],
    [{ learningRate: { kind: 'cosine', learningRate: 0 } }, 'learningRate.learningRate', '0'],
    [{ learningRate: { kind: 'cosine', learningRate: 1, factor: 2 } }, 'learningRate.factor', 'an unknown name'],
    [{ learningRate: -1 }, 'learningRate', '-1'],
    [{ loss: { kind: 'wing', omega: -1 } }, 'loss.omega', '-1'],
    [{ loss: { kind: 'wings' } }, 'loss.kind', "'wings'"],
    [
      {
        paramGroups: [
          { match: 'conv', lrScale: 1 },
          { match: 'conv', lrScale: -1 },
        ],
      },
      'paramGroups[1].lrScale',
      '-1',
    ],
    [{ pointWeights: { byPoint: [1, -2] } }, 'pointWeights.byPoint[1]', '-2'],
    [{ earlyStopping: { patience: 0 } }, 'earlyStopping.patience', '0'],
    [{ limitBatches: 1, overfitBatches: 1 }, 'limitBatches', '1'],
    [{ timeLimitSeconds: -1 }, 'timeLimitSeconds', '-1'],
  ])('names the invalid path in %j', (changes, path, received) => {
    const parse = () => parseTrainingConfig({ ...GOOD, ...changes }, { file: 'run.json', within: 'config' })
    expect(parse).toThrow(expect.objectContaining({ code: 'TRAIN_CONFIG', file: 'run.json', received }))
    expect(parse).toThrow(`setting config.${path}: `)
  })

  test('rejects functions and other values', () => {
    for (const json of [null, 'settings', [], { ...GOOD, learningRate: () => 1 }, { ...GOOD, loss: () => 1 }])
      expect(() => parseTrainingConfig(json)).toThrow(expect.objectContaining({ code: 'TRAIN_CONFIG' }))
  })
})
