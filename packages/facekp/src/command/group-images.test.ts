import type { AnnotatedDataset } from '@facekp/data-formats/node'
import { expect, test } from '@jest/globals'
import { groupImages } from './group-images.ts'

const records = ['01-1.jpg', '01-2.jpg', '02-1.jpg'].map((file) => ({ id: file, image: { file } }))
const dataset = { records } as unknown as AnnotatedDataset

test.each([
  ['^\\d+', ['01', '01', '02']],
  ['-(\\d)', ['1', '2', '1']],
])('%s groups images', (expression, groups) => {
  expect([...groupImages(dataset, expression).values()]).toEqual(groups)
})

test('an invalid expression, and one that does not match, are errors', () => {
  expect(() => groupImages(dataset, '(')).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  expect(() => groupImages(dataset, '^01')).toThrow(
    expect.objectContaining({ code: 'GROUPS_UNMATCHED', received: '02-1.jpg' }),
  )
})
