import { describe, expect, test } from '@jest/globals'
import { FacekpError } from './errors.ts'
import { fromPlainError, toPlainError } from './plain-error.ts'

const sent = (thrown: unknown): FacekpError => fromPlainError(structuredClone(toPlainError(thrown)), 'OF_A_THREAD')

describe('an error sent to another thread', () => {
  test('keeps all that is its own; its causes tell where each arose', () => {
    const under = new TypeError('no such thing')
    const details = { code: 'A', problem: 'it is torn', file: 'face.jpg', line: 3, received: 'half', expected: 'all' }
    const error = new FacekpError({ ...details, cause: under })
    const found = sent(error)
    expect(found).toBeInstanceOf(FacekpError)
    expect(found).toMatchObject({ ...details, message: error.message, cause: { stack: error.stack } })
    expect((found.cause as Error).cause).toMatchObject({ message: 'no such thing', stack: under.stack })
  })

  test('is given a code where it has none', () => {
    const error = new RangeError('too far')
    const found = sent(error)
    expect(found).toMatchObject({ code: 'OF_A_THREAD', problem: 'too far', cause: { stack: error.stack } })
    expect(found.cause).not.toHaveProperty('cause')
  })

  test('may be anything that was thrown', () => {
    expect(sent('a word')).toMatchObject({ code: 'OF_A_THREAD', message: 'a word' })
    expect(sent(undefined)).toMatchObject({ message: 'undefined' })
  })
})
