import { expect, test } from '@jest/globals'
import { InvalidArgumentError } from 'commander'
import { parseText } from './parse-text.ts'

test('takes a text that says something', () => {
  expect(parseText('CC0-1.0')).toBe('CC0-1.0')
  for (const text of ['', ' ']) expect(() => parseText(text)).toThrow(InvalidArgumentError)
})
