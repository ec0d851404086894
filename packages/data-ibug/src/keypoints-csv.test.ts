import { isFacekpError } from '@facekp/core'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseKeypointsCsv } from './keypoints-csv.ts'

const header = `,${Array.from({ length: 136 }, (_, i) => i).join(',')}`
const formatRow = (name: string, edit: (values: (number | string)[]) => void = () => undefined): string => {
  const values: (number | string)[] = Array.from({ length: 136 }, (_, i) => i / 2)
  edit(values)
  return [name, ...values].join(',')
}

test('returns images and keypoints in the order of the file', () => {
  const rows = parseKeypointsCsv([header, formatRow('Luis_Fonsi_21.jpg'), '', formatRow('b.jpg'), ''].join('\r\n'))
  expect(rows.map(({ image, line }) => [image, line])).toEqual([
    ['Luis_Fonsi_21.jpg', 2],
    ['b.jpg', 4],
  ])
  expect([...(rows[1]?.keypoints.subarray(0, 3) ?? [])]).toEqual([0, 0.5, 1])
})

test.each<[string, string, object]>([
  ['an empty file', '', { code: 'KEYPOINTS_CSV_HEADER', line: 1 }],
  ['another table', 'a,b\n1,2', { code: 'KEYPOINTS_CSV_HEADER', line: 1, received: '2 columns' }],
  ['no header', formatRow('a.jpg'), { code: 'KEYPOINTS_CSV_HEADER', line: 1 }],
  ['a row without a name', `${header}\n${formatRow('')}`, { code: 'KEYPOINTS_CSV_ROW', line: 2 }],
  [
    'too few numbers',
    `${header}\n${formatRow('a', (v) => v.pop())}`,
    { code: 'KEYPOINTS_CSV_ROW', line: 2, received: '135 values after the name' },
  ],
  [
    'an invalid number',
    `${header}\n${formatRow('a')}\n${formatRow('b', (v) => (v[7] = 'x'))}`,
    { code: 'KEYPOINTS_CSV_ROW', line: 3, received: 'x', problem: 'invalid number in column 7' },
  ],
  ['an empty field', `${header}\n${formatRow('a', (v) => (v[0] = ''))}`, { code: 'KEYPOINTS_CSV_ROW', line: 2 }],
])('%s is an error with file and line', (_, text, expected) => {
  expect(() => parseKeypointsCsv(text, 'k.csv')).toThrow(expect.objectContaining({ file: 'k.csv', ...expected }))
})

test('a corrupted file is parsed or throws a FacekpError, never another error', () => {
  const valid = [header, formatRow('a.jpg'), formatRow('b.jpg')].join('\n')
  fc.assert(
    fc.property(fc.nat(valid.length), fc.nat(40), fc.string({ maxLength: 8 }), (from, length, insertion) => {
      try {
        parseKeypointsCsv(valid.slice(0, from) + insertion + valid.slice(from + length))
      } catch (error) {
        expect(isFacekpError(error)).toBe(true)
      }
    }),
    { numRuns: 500 },
  )
})
