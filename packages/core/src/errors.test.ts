import { describe, expect, test } from '@jest/globals'
import { FacekpError, isFacekpError } from './errors.ts'

describe('FacekpError', () => {
  test('says where, what is wrong, what was found and what would do', () => {
    const cause = new Error('underneath')
    const error = new FacekpError({
      code: 'ASF_COUNT',
      problem: 'the count is wrong',
      file: '01-1m.asf',
      line: 7,
      received: '57',
      expected: '58',
      cause,
    })
    expect(error.message).toBe('01-1m.asf:7: the count is wrong; received 57; expected 58')
    expect(error).toMatchObject({ name: 'FacekpError', code: 'ASF_COUNT', file: '01-1m.asf', line: 7, cause })
    expect(error).toBeInstanceOf(Error)
  })

  test('leaves out what is not known', () => {
    expect(new FacekpError({ code: 'A', problem: 'no' }).message).toBe('no')
    expect(new FacekpError({ code: 'A', problem: 'no', file: 'f' }).message).toBe('f: no')
    expect('cause' in new FacekpError({ code: 'A', problem: 'no' })).toBe(false)
  })

  test('is known by its mark, also where another copy of the package made it', () => {
    const error = new FacekpError({ code: 'A', problem: 'no' })
    const foreign = Object.assign(new Error('no'), { code: 'A', [Symbol.for('facekp.error')]: true })
    expect(isFacekpError(error)).toBe(true)
    expect(isFacekpError(foreign, 'A')).toBe(true)
    expect(isFacekpError(error, 'B')).toBe(false)
    for (const other of [new Error('no'), null, undefined, 'no', { code: 'A' }])
      expect(isFacekpError(other)).toBe(false)
  })
})
