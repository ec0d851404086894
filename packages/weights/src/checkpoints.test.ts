import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { fixture } from '../fixtures/fixtures.ts'
import { type ReadOptions, readTensors, readWeights } from './read.ts'

/** Tensors that PyTorch loads from the files of checkpoints/make.py: weights, and moving averages. */
const golden: Readonly<Record<'weights' | 'averages', Record<string, number[]>>> = JSON.parse(
  readFileSync(new URL('../fixtures/checkpoints/golden.json', import.meta.url), 'utf8'),
)

function read(name: string, options: ReadOptions = {}) {
  const { tensors, ...report } = readWeights(fixture(`checkpoints/${name}.pth`), { file: name, ...options })
  return { values: Object.fromEntries(tensors.map((tensor) => [tensor.name, [...tensor.data]])), ...report }
}

test.each(['objects', 'objects-legacy', 'objects-protocol-5'])(
  '%s: objects of any class beside the state_dict do not matter',
  (name) => {
    expect(read(name)).toEqual({
      values: golden.weights,
      key: 'state_dict',
      otherKeys: [],
      removed: [],
      skipped: [],
    })
  },
)

test('entries of a state_dict that are not tensors, or of an unsupported data type, are skipped and reported', () => {
  expect(read('entries')).toMatchObject({
    values: golden.weights,
    skipped: [
      { name: 'fc._extra_state', reason: 'None' },
      { name: 'head._extra_state', reason: 'bytes' },
      { name: 'epoch', reason: 'the number 3' },
      { name: 'settings', reason: 'an object of argparse.Namespace' },
      { name: 'rotary', reason: 'dtype torch.ComplexFloatStorage' },
    ],
  })
})

test.each([
  ['parameters', ''],
  ['dict-subclass', 'model'],
  ['nested', 'model.state_dict'],
  ['unusual-key', 'landmark_net'],
  ['list', '0'],
])('%s: the only state_dict is found', (name, key) => {
  expect(read(name)).toMatchObject({ values: golden.weights, key, otherKeys: [] })
})

describe('moving averages', () => {
  test.each([
    ['ema', 'state_dict', 'state_dict_ema'],
    ['params-ema', 'params', 'params_ema'],
    ['model-ema', 'model', 'model_ema.module'],
  ])('%s: are read only if option ema or key asks for them', (name, key, emaKey) => {
    expect(read(name)).toMatchObject({ values: golden.weights, key, otherKeys: expect.arrayContaining([emaKey]) })
    expect(read(name, { ema: true })).toMatchObject({ values: golden.averages, key: emaKey })
    expect(read(name, { key: emaKey })).toMatchObject({ values: golden.averages, key: emaKey })
    expect(read(name, { key: emaKey.split('.')[0] as string })).toMatchObject({ key: emaKey })
  })

  test('are read if the file has nothing else, and an error if it has none', () => {
    expect(read('only-ema')).toMatchObject({ values: golden.averages, key: 'ema_state_dict' })
    expect(() => read('nested', { ema: true })).toThrow(
      expect.objectContaining({ code: 'WEIGHTS_NO_STATE_DICT', received: expect.stringContaining('model.state_dict') }),
    )
  })
})

test('several state_dicts are an error that lists them; option key reads one', () => {
  expect(() => read('several')).toThrow(
    expect.objectContaining({
      code: 'WEIGHTS_AMBIGUOUS',
      file: 'several',
      received: '"generator", "discriminator"',
      expected: expect.stringContaining('option key'),
    }),
  )
  expect(read('several', { key: 'discriminator' })).toMatchObject({
    values: golden.averages,
    otherKeys: ['generator'],
  })
  expect(() => read('several', { key: 'critic' })).toThrow(
    expect.objectContaining({ code: 'WEIGHTS_NO_STATE_DICT', expected: 'a state_dict under key "critic"' }),
  )
})

test.each([
  ['compiled', ['_orig_mod.'], { prefix: '_orig_mod.' }],
  ['parallel-compiled', ['_orig_mod.', 'module.'], { prefix: 'module._orig_mod.' }],
])('%s: what wrappers add to the names is removed, or by option prefix', (name, removed, options) => {
  expect(read(name)).toMatchObject({ values: golden.weights, removed })
  expect(read(name, options)).toMatchObject({ values: golden.weights, removed: [options.prefix] })
})

test('a wrapper of a part of the network is removed too', () => {
  const { values, removed } = read('compiled-part')
  expect([Object.keys(values), removed]).toEqual([['net.fc.weight', 'net.fc.bias', 'head.bias'], ['_orig_mod.']])
})

test('option prefix selects tensors, removes the prefix, and reports the others', () => {
  expect(read('student-teacher', { prefix: 'teacher.' })).toMatchObject({
    values: golden.averages,
    removed: ['teacher.'],
    skipped: [
      { name: 'student.fc.weight', reason: 'without the prefix teacher.' },
      { name: 'student.fc.bias', reason: 'without the prefix teacher.' },
    ],
  })
  expect(() => read('student-teacher', { prefix: 'model.' })).toThrow(
    expect.objectContaining({ code: 'WEIGHTS_PREFIX', received: expect.stringContaining('"student.fc.weight"') }),
  )
})

test.each([
  ['refused-subclass', 'trainlib.Doubled'],
  ['refused-quantized', 'torch._utils._rebuild_qtensor'],
  ['refused-model', 'torch.nn.modules.linear.Linear'],
])('%s: a tensor that depends on an unknown class, and a whole model, are refused', (name, received) => {
  expect(() => read(name)).toThrow(expect.objectContaining({ code: 'WEIGHTS_UNSAFE', file: name, received }))
})

test('an unknown option is an error', () => {
  expect(() => readTensors(fixture('tensors.pth'), { keys: 'model' } as object)).toThrow(
    expect.objectContaining({ code: 'WEIGHTS_OPTIONS', received: 'an unknown name: did you mean key?' }),
  )
})
