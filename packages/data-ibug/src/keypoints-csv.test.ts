import { isFacekpError } from '@facekp/core'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseKeypointsCsv } from './keypoints-csv.ts'

const header = `,${Array.from({ length: 136 }, (_, i) => i).join(',')}`
const row = (name: string, change: (values: (number | string)[]) => void = () => undefined): string => {
  const values: (number | string)[] = Array.from({ length: 136 }, (_, i) => i / 2)
  change(values)
  return [name, ...values].join(',')
}

test('gives pictures and points as they stand', () => {
  const rows = parseKeypointsCsv([header, row('Luis_Fonsi_21.jpg'), '', row('b.jpg'), ''].join('\r\n'))
  expect(rows.map(({ image, line }) => [image, line])).toEqual([
    ['Luis_Fonsi_21.jpg', 2],
    ['b.jpg', 4],
  ])
  expect([...(rows[1]?.keypoints.subarray(0, 3) ?? [])]).toEqual([0, 0.5, 1])
})

test.each<[string, string, object]>([
  ['an empty file', '', { code: 'KEYPOINTS_CSV_HEADER', line: 1 }],
  ['another table', 'a,b\n1,2', { code: 'KEYPOINTS_CSV_HEADER', line: 1, received: '2 columns' }],
  ['no header', row('a.jpg'), { code: 'KEYPOINTS_CSV_HEADER', line: 1 }],
  ['a row without a name', `${header}\n${row('')}`, { code: 'KEYPOINTS_CSV_ROW', line: 2 }],
  [
    'too few numbers',
    `${header}\n${row('a', (v) => v.pop())}`,
    { code: 'KEYPOINTS_CSV_ROW', line: 2, received: '135 values after the name' },
  ],
  [
    'a number that is none',
    `${header}\n${row('a')}\n${row('b', (v) => (v[7] = 'x'))}`,
    { code: 'KEYPOINTS_CSV_ROW', line: 3, received: 'x', problem: 'column 7 is not a number' },
  ],
  ['an empty field', `${header}\n${row('a', (v) => (v[0] = ''))}`, { code: 'KEYPOINTS_CSV_ROW', line: 2 }],
])('%s is an error with file and line', (_, text, expected) => {
  expect(() => parseKeypointsCsv(text, 'k.csv')).toThrow(expect.objectContaining({ file: 'k.csv', ...expected }))
})

test('a changed file is read or is a FacekpError, never another error', () => {
  const good = [header, row('a.jpg'), row('b.jpg')].join('\n')
  fc.assert(
    fc.property(fc.nat(good.length), fc.nat(40), fc.string({ maxLength: 8 }), (from, length, put) => {
      try {
        parseKeypointsCsv(good.slice(0, from) + put + good.slice(from + length))
      } catch (error) {
        expect(isFacekpError(error)).toBe(true)
      }
    }),
    { numRuns: 500 },
  )
})
