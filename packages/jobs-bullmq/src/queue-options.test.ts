import { expect, test } from '@jest/globals'
import * as z from 'zod'
import { parseQueueOptions, queueOptions } from './queue-options.ts'

const schema = z.strictObject(queueOptions)

test.each(['http://:secret@host', 'redis://:sec/secret@host:x', 'secret', 'redis//user:secret@host'])(
  'the error of the address %j does not show a password',
  (redis) => {
    const parse = (): unknown => parseQueueOptions(schema, { redis }, 'runWorker')
    expect(parse).toThrow(expect.objectContaining({ code: 'JOBS_OPTION' }))
    if (redis.includes('@')) expect(parse).not.toThrow(/secret/)
    expect(parse).toThrow(/option redis of runWorker/)
  },
)

test('addresses and other options are parsed', () => {
  const redis = 'rediss://:secret@host:6380'
  expect(parseQueueOptions(schema, { redis }, 'runWorker')).toMatchObject({ redis, queue: 'facekp' })
  expect(() => parseQueueOptions(schema, { redis, queue: 'a b' }, 'runWorker')).toThrow(/queue/)
  expect(() => parseQueueOptions(schema, undefined, 'runWorker')).toThrow(
    expect.objectContaining({ code: 'JOBS_OPTION' }),
  )
})
