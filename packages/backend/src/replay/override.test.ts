import { expect, test } from '@jest/globals'
import { override } from './override.ts'

class Greeter {
  greet(): string {
    return 'hello'
  }
}

test('methods are replaced until they are put back, those of the class and of the object', () => {
  const greeter = new Greeter()
  const restore = override(greeter, { greet: () => 'first' })
  const restoreFirst = override(greeter, { greet: () => 'second' })
  expect(greeter.greet()).toBe('second')
  restoreFirst()
  expect(greeter.greet()).toBe('first')
  restore()
  expect(greeter.greet()).toBe('hello')
  expect(Object.keys(greeter)).toEqual([])
})
