import { expect, test } from '@jest/globals'
import { formatValue } from './format-value.ts'

test.each<[unknown, string]>([
  ['adam', "'adam'"],
  [undefined, 'undefined'],
  [{ kind: 'adam' }, '{"kind":"adam"}'],
  [() => 1, 'a function'],
  [new Float32Array(3), 'Float32Array of 12 bytes'],
  [new TypeError('no'), 'TypeError: no'],
  [10n, '10n'],
  [Symbol('a'), 'Symbol(a)'],
  [[1, 'a', null, undefined, []], '[1,"a",null,undefined,[]]'],
  [Object.create(null), '{}'],
  [new URL('file:///a'), 'an object of class URL'],
  [new Map(), 'an object of class Map'],
  [Object.assign(Object.create(null), { a: [{ b: () => 1 }] }), '{"a":[{"b":a function}]}'],
])('formatValue(%p) is %p', (value, text) => {
  expect(formatValue(value)).toBe(text)
})

test('formatValue cuts to 80 characters, and copes with circles', () => {
  expect(formatValue('x'.repeat(200))).toHaveLength(80)
  const circle: Record<string, unknown> = {}
  circle['self'] = circle
  expect(formatValue(circle)).toHaveLength(80)
})

test('formatValue reads only what it shows', () => {
  let reads = 0
  const items = new Proxy(new Array(1_000_000).fill(0), {
    get: (target, key, receiver) => {
      reads++
      return Reflect.get(target, key, receiver)
    },
  })
  expect(formatValue({ data: items })).toMatch(/^\{"data":\[0,0,0,.*…$/)
  expect(reads).toBeLessThan(500)
})
