import { describe, expect, test } from '@jest/globals'
import { createSample } from '../sample.ts'
import { IMM_58 } from '../schemes/imm58.ts'
import { type ArgumentKind, checkArgument } from './check-argument.ts'
import { listKind, objectKind, optionalKind, optionsKind } from './kind-makers.ts'
import * as KINDS from './kinds.ts'
import { nearestName } from './nearest-name.ts'

const kinds: Readonly<Record<string, ArgumentKind>> = { ...KINDS }

const image = { data: new Uint8Array(4), width: 2, height: 2, channels: 1 } as const
const sample = createSample({ id: 'a', image, keypoints: Float32Array.of(0, 1) })
const dataset = { length: 1, scheme: IMM_58, get: async () => sample }

test.each([
  ['image', image],
  ['sample', sample],
  ['dataset', dataset],
  ['scheme', IMM_58],
  ['affine', [1, 0, 0, 1, 0, 0]],
  ['numbers', new Float32Array(3)],
  ['source', new URL('file:///a')],
  ['path', '/a'],
  ['box', { left: 0, top: 0.5, width: 1, height: 2 }],
] as const)('a %s is accepted as one', (name, value) => {
  expect(() => checkArgument(kinds[name] as ArgumentKind, value, 'x', 'f')).not.toThrow()
})

const circle: Record<string, unknown> = {}
circle['self'] = circle
const WRONG = [null, undefined, Symbol('a'), 10n, circle, Object.create(null), () => 1, Number.NaN, [undefined]]

describe.each([
  'image',
  'sample',
  'dataset',
  'scheme',
  'affine',
  'keypoints',
  'numbers',
  'box',
  'seed',
  'path',
] as const)('no %s', (name) => {
  test.each(WRONG.map((value) => [value]))('%p', (value) => {
    const check = () => checkArgument(kinds[name] as ArgumentKind, value, 'x', 'f')
    expect(check).toThrow(expect.objectContaining({ code: 'ARGUMENT', problem: expect.stringMatching(/^argument x/) }))
  })
})

describe('names what is wrong', () => {
  const kind = objectKind({ samples: listKind(KINDS.sample), seed: optionalKind(KINDS.seed) })
  test.each([
    [{ samples: [sample, 3] }, 'argument options.samples[1] of f', '3'],
    [{ samples: {} }, 'argument options.samples of f', '{}'],
    [{ samples: [], seed: 2 ** 53 }, 'argument options.seed of f', '9007199254740992'],
    [7, 'argument options of f', '7'],
  ])('%p', (value, problem, received) => {
    const check = () => checkArgument(kind, value as never, 'options', 'f')
    expect(check).toThrow(expect.objectContaining({ code: 'ARGUMENT', problem, received }))
  })

  test('an unknown option', () => {
    const options = optionsKind({ maxBytes: KINDS.positive, epochs: KINDS.size })
    expect(() => checkArgument(options, {}, 'options', 'f')).not.toThrow()
    expect(() => checkArgument(options, { epoch: 1 } as object, 'options', 'f')).toThrow(
      'argument options.epoch of f: received an unknown name: did you mean epochs?',
    )
    expect(() => checkArgument(options, { zzz: 1 } as object, 'options', 'f')).toThrow('expected maxBytes, epochs')
  })
})

test.each(['', 'a\0b'])('%j is no path', (path) => {
  expect(() => checkArgument(KINDS.path, path, 'x', 'f')).toThrow(expect.objectContaining({ code: 'ARGUMENT' }))
})

test('nearestName', () => {
  expect(nearestName('epoch', ['model', 'epochs', 'train'])).toBe('epochs')
  expect(nearestName('quux', ['model', 'epochs', 'train'])).toBeUndefined()
  expect(nearestName('a', [])).toBeUndefined()
})
