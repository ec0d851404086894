import { expect, test } from '@jest/globals'
import type { Annotations } from '../annotations/annotations.ts'
import { createFaceRecords } from './face-records.ts'

/** Faces with one point each, whose names `getName` gives. */
function createAnnotations(count: number, getName: (index: number) => string): Annotations {
  const faces = Array.from({ length: count }, (_, i) => ({
    points: [{ name: getName(i), x: 1, y: 1, isVisible: true }],
  }))
  const pointNames = [...new Set(Array.from({ length: count }, (_, i) => getName(i)))]
  return { format: 'csv', images: [{ file: 'a.jpg', faces }], pointNames, warnings: [] }
}

test('faces that all have points of their own are refused rather than take memory for all points', () => {
  expect(() => createFaceRecords(createAnnotations(20_000, String), { file: 'a.csv' })).toThrow(
    expect.objectContaining({
      code: 'ANNOTATIONS_INVALID',
      file: 'a.csv',
      received: '20000 labels for 20000 faces of 20000 points',
    }),
  )
  expect(
    createFaceRecords(
      createAnnotations(20_000, (i) => String(i % 68)),
      { file: 'a.csv' },
    ).records,
  ).toHaveLength(20_000)
})

test('a name of two points is an error that names the file', () => {
  const annotations: Annotations = { format: 'coco', images: [], pointNames: ['eye', 'nose', 'eye'], warnings: [] }
  expect(() => createFaceRecords(annotations, { file: 'faces.json' })).toThrow(
    expect.objectContaining({ code: 'ANNOTATIONS_INVALID', file: 'faces.json', problem: 'two points are named eye' }),
  )
})
