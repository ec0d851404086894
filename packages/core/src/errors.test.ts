import { inspect } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { FacekpError, isFacekpError } from './errors.ts'

describe('FacekpError', () => {
  test('message names file, line, problem, expected and received', () => {
    const cause = new Error('underneath')
    const error = new FacekpError({
      code: 'ASF_COUNT',
      problem: 'wrong number of points',
      file: '01-1m.asf',
      line: 7,
      received: '57',
      expected: '58',
      cause,
    })
    expect(error.message).toBe('01-1m.asf:7: wrong number of points: expected 58, received 57')
    expect(error).toMatchObject({ name: 'FacekpError', code: 'ASF_COUNT', file: '01-1m.asf', line: 7, cause })
    expect(error).toBeInstanceOf(Error)
  })

  test('omits absent fields', () => {
    expect(new FacekpError({ code: 'A', problem: 'no' }).message).toBe('no')
    expect(new FacekpError({ code: 'A', problem: 'no', file: 'f' }).message).toBe('f: no')
    expect(new FacekpError({ code: 'A', problem: 'no', received: '1' }).message).toBe('no: received 1')
    expect('cause' in new FacekpError({ code: 'A', problem: 'no' })).toBe(false)
  })

  test('shows control characters by their numbers', () => {
    const received = 'PK\u0003\u0000 \u001b[2J\u009b é\n→ line\tb'
    const { message } = new FacekpError({ code: 'A', problem: 'no JSON', received })
    expect(message).toBe('no JSON: received PK\\x03\\x00 \\x1b[2J\\x9b é\n→ line\tb')
  })

  test('is printed without fields that are undefined', () => {
    const text = inspect(new FacekpError({ code: 'A', problem: 'no', received: '1', cause: undefined }))
    expect(text).toContain("code: 'A'")
    expect(text).toContain("received: '1'")
    expect(text).not.toContain('undefined')
  })

  test('cuts what is too long for a message', () => {
    const long = 'x'.repeat(1_000_000)
    const error = new FacekpError({ code: 'A', problem: long, file: long, received: long, expected: long })
    expect(error.received).toBe(`${'x'.repeat(199)}…`)
    expect(error.message.length).toBeLessThan(2000)
  })

  test('shows a field of another type as text', () => {
    const details = { code: 'A', problem: 'no', received: Object.create(null), file: Symbol('f') }
    expect(new FacekpError(details as never).message).toBe('Symbol(f): no: received {}')
  })

  test('is recognized if another copy of the package created it', () => {
    const error = new FacekpError({ code: 'A', problem: 'no' })
    const foreign = Object.assign(new Error('no'), { code: 'A', [Symbol.for('facekp.error')]: true })
    expect(isFacekpError(error)).toBe(true)
    expect(isFacekpError(foreign, 'A')).toBe(true)
    expect(isFacekpError(error, 'B')).toBe(false)
    for (const other of [new Error('no'), null, undefined, 'no', { code: 'A' }])
      expect(isFacekpError(other)).toBe(false)
  })
})
