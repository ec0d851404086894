import { describe, expect, test } from '@jest/globals'
import { FacekpError } from './errors.ts'
import { fromPlainError, toPlainError } from './plain-error.ts'

const sendToThread = (thrown: unknown): FacekpError =>
  fromPlainError(structuredClone(toPlainError(thrown)), 'THREAD_ERROR')

describe('an error sent to another thread', () => {
  test('keeps its fields, its causes and their stacks', () => {
    const cause = new TypeError('not a function')
    const details = { code: 'A', problem: 'truncated', file: 'face.jpg', line: 3, received: 'half', expected: 'all' }
    const error = new FacekpError({ ...details, cause })
    const restored = sendToThread(error)
    expect(restored).toBeInstanceOf(FacekpError)
    expect(restored).toMatchObject({ ...details, message: error.message, cause: { stack: error.stack } })
    expect((restored.cause as Error).cause).toMatchObject({ message: 'not a function', stack: cause.stack })
  })

  test('gets the default code if it has none', () => {
    const error = new RangeError('too far')
    const restored = sendToThread(error)
    expect(restored).toMatchObject({ code: 'THREAD_ERROR', problem: 'too far', cause: { stack: error.stack } })
    expect(restored.cause).not.toHaveProperty('cause')
  })

  test('may be any thrown value', () => {
    expect(sendToThread('a string')).toMatchObject({ code: 'THREAD_ERROR', message: 'a string' })
    expect(sendToThread(undefined)).toMatchObject({ message: 'undefined' })
  })
})
