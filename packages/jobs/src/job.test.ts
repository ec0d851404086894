import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { createJob, parseJob } from './job.ts'

describe('createJob', () => {
  test('has the SHA-256 of its canonical JSON as id', () => {
    const { id } = createJob({ module: 'faces/measure', args: { b: [1, { d: null, c: 'x' }], a: true } })
    const canonical = '{"args":{"a":true,"b":[1,{"c":"x","d":null}]},"module":"faces/measure"}'
    expect(id).toBe(createHash('sha256').update(canonical).digest('hex'))
    expect(createJob({ module: 'faces/measure', args: { a: true, b: [1, { c: 'x', d: null }] } }).id).toBe(id)
  })

  test.each([
    [{ module: 'data:text/javascript,0', args: 1 }, 'module'],
    [{ module: '../measure.js', args: 1 }, 'module'],
    [{ module: 'a', args: { n: Number.NaN } }, 'args'],
    [{ module: 'a', args: undefined }, 'args'],
    [{ module: 'a', args: 'x'.repeat(262_145) }, 'args'],
    [{ module: 'a', args: 1, id: 'x' }, 'id'],
  ])('refuses %.60j', (work, name) => {
    expect(() => createJob(work as never)).toThrow(expect.objectContaining({ code: 'JOB_INVALID' }))
    expect(() => createJob(work as never)).toThrow(name)
  })
})

test('parseJob refuses a job whose id belongs to another one', () => {
  const job = createJob({ module: 'a', args: 1 })
  expect(parseJob({ ...job })).toEqual(job)
  expect(() => parseJob({ ...job, args: 2 })).toThrow(/hash of module and arguments/)
})
