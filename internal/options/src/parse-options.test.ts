import { isFacekpError } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import * as z from 'zod/mini'
import { parseOptions } from './parse-options.ts'

const schema = z.strictObject({
  learningRate: z.optional(z.number().check(z.positive())),
  epochs: z._default(z.int().check(z.minimum(1), z.maximum(1000)), 100),
  padding: z.optional(z.enum(['same', 'valid', 'reflect'])),
  size: z.optional(z.union([z.number(), z.tuple([z.number(), z.number()])])),
  milestones: z.optional(z.array(z.int()).check(z.minLength(1))),
  url: z.optional(z.instanceof(URL)),
  rate: z.optional(z.number().check(z.refine((value) => value < 1, 'a number below 1, since 1 drops everything'))),
  optimizer: z.optional(
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('sgd'), momentum: z.optional(z.number().check(z.minimum(0), z.lt(1))) }),
      z.strictObject({ kind: z.literal('adam'), weightDecay: z.optional(z.number()) }),
    ]),
  ),
})

function getError(value: unknown): { problem: string; expected: string; received: string } {
  try {
    parseOptions({ schema, value, code: 'TRAIN_OPTION', name: 'train' })
  } catch (error) {
    if (!isFacekpError(error, 'TRAIN_OPTION')) throw error
    return { problem: error.problem, expected: error.expected as string, received: error.received as string }
  }
  throw new Error('expected an error')
}

test('gives what the schema makes, defaults filled in', () => {
  const options = parseOptions({ schema, value: { learningRate: 0.1 }, code: 'TRAIN_OPTION' })
  expect(options).toEqual({ learningRate: 0.1, epochs: 100 })
})

describe('an error names the option, what was expected and what was received', () => {
  test.each<[unknown, string, string, string]>([
    [{ learningRate: -1 }, 'option learningRate of train', 'a number above 0', '-1'],
    [{ learningRate: Number.NaN }, 'option learningRate of train', 'a finite number', 'NaN'],
    [{ epochs: 1.5 }, 'option epochs of train', 'an integer', '1.5'],
    [{ epochs: 2000 }, 'option epochs of train', 'a number of at most 1000', '2000'],
    [{ padding: 'zero' }, 'option padding of train', "'same', 'valid' or 'reflect'", "'zero'"],
    [{ size: 'big' }, 'option size of train', 'a finite number or an array', "'big'"],
    [{ size: [1, 'b'] }, 'option size[1] of train', 'a finite number', "'b'"],
    [{ milestones: [] }, 'option milestones of train', 'at least 1 item', '[]'],
    [{ url: 'x' }, 'option url of train', 'an instance of URL', "'x'"],
    [{ rate: 1 }, 'option rate of train', 'a number below 1, since 1 drops everything', '1'],
    [{ optimizer: { kind: 'lamb' } }, 'option optimizer.kind of train', "'sgd' or 'adam'", "'lamb'"],
    [{ optimizer: { kind: 'sgd', momentum: 1 } }, 'option optimizer.momentum of train', 'a number below 1', '1'],
    [7, 'options of train', 'an object', '7'],
  ])('%j', (value, problem, expected, received) => {
    expect(getError(value)).toEqual({ problem, expected, received })
  })

  test('its text', () => {
    const parse = () =>
      parseOptions({ schema, value: { epochs: 0 }, code: 'TRAIN_OPTION', file: 'run.json', noun: 'field' })
    expect(parse).toThrow(expect.objectContaining({ file: 'run.json', problem: 'field epochs', received: '0' }))
  })
})

describe('an unknown option', () => {
  test.each<[unknown, string, string | undefined, string | undefined]>([
    [{ learningrate: 1 }, 'option learningrate of train', undefined, 'learningRate'],
    [
      { optimizer: { kind: 'sgd', weightDecay: 1 } },
      'option optimizer.weightDecay of train',
      'kind, momentum',
      undefined,
    ],
    [{ epochs: 0, learningrate: 1 }, 'option learningrate of train', undefined, 'learningRate'],
    [{ optimizer: { kind: 'adam', wightDecay: 1 } }, 'option optimizer.wightDecay of train', undefined, 'weightDecay'],
    [
      { shuffleBuffer: 1 },
      'option shuffleBuffer of train',
      'learningRate, epochs, padding, size, milestones, url, rate, optimizer',
      undefined,
    ],
  ])('%j', (value, problem, expected, nearest) => {
    const received = nearest === undefined ? 'an unknown name' : `an unknown name: did you mean ${nearest}?`
    expect(getError(value)).toEqual({ problem, expected, received })
  })
})

test('a misspelled name is named, not the value that is missing for it', () => {
  const required = z.strictObject({ epochs: z.number(), batchSize: z.number() })
  const parse = () => parseOptions({ schema: required, value: { epoch: 1, batchSize: 1 }, code: 'TRAIN_OPTION' })
  expect(parse).toThrow('option epoch: received an unknown name: did you mean epochs?')
})

test('a value that is too deep for the stack is an error', () => {
  let value: unknown = 1
  for (let depth = 0; depth < 100_000; depth++) value = [value]
  expect(() => parseOptions({ schema: z.json(), value, code: 'DEEP', file: 'run.json' })).toThrow(
    expect.objectContaining({ code: 'DEEP', file: 'run.json', problem: expect.stringContaining('too deeply') }),
  )
})
