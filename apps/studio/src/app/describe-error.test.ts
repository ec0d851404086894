import { FacekpError } from '@facekp/core'
import { expect, test } from '@jest/globals'
import { describeError } from './describe-error.ts'

test('an error of facekp has its problem as title, and what was expected and received below', () => {
  const error = new FacekpError({
    code: 'A',
    problem: 'no points',
    file: 'a.json',
    line: 3,
    expected: '5',
    received: '4',
  })
  expect(describeError(error)).toEqual({ title: 'a.json:3: no points', detail: 'Expected 5. Received 4.' })
  expect(describeError(new FacekpError({ code: 'A', problem: 'no points' }))).toEqual({ title: 'No points' })
})

test('another error has its message as title', () => {
  expect(describeError(new TypeError('not a function'))).toEqual({ title: 'not a function' })
  expect(describeError('text')).toEqual({ title: 'text' })
})
