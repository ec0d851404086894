import { describe, expect, test } from '@jest/globals'
import { parseCoco } from './parse-coco.ts'

const image = { id: 7, file_name: 'a.jpg', width: 64, height: 48 }
const category = {
  id: 1,
  name: 'face',
  keypoints: ['left_eye', 'right_eye', 'nose'],
  skeleton: [
    [1, 2],
    [2, 3],
  ],
}
const face = {
  id: 1,
  image_id: 7,
  category_id: 1,
  bbox: [1, 2, 30, 40],
  keypoints: [10, 20, 2, 0, 0, 0, 30.5, 40, 1],
  iscrowd: 0,
}
const coco = (changes: object = {}) => ({ images: [image], annotations: [face], categories: [category], ...changes })

test('v is 0 not labeled, 1 hidden, 2 visible; the 1-based skeleton counts from 0', () => {
  const { images, pointNames, edges, warnings } = parseCoco(coco())
  expect(images).toEqual([
    {
      file: 'a.jpg',
      width: 64,
      height: 48,
      faces: [
        {
          box: { left: 1, top: 2, width: 30, height: 40 },
          ignored: false,
          points: [
            { name: 'left_eye', x: 10, y: 20, isVisible: true },
            { name: 'nose', x: 30.5, y: 40, isVisible: false },
          ],
        },
      ],
    },
  ])
  expect(pointNames).toEqual(['left_eye', 'right_eye', 'nose'])
  expect(edges).toEqual([
    [0, 1],
    [1, 2],
  ])
  expect(warnings).toEqual([])
})

test('a skeleton that counts from 0, or has other points, is left out with a warning', () => {
  for (const skeleton of [
    [
      [0, 1],
      [1, 2],
    ],
    [[3, 4]],
  ]) {
    const { edges, warnings } = parseCoco(coco({ categories: [{ ...category, skeleton }] }))
    expect(edges).toBeUndefined()
    expect(warnings).toEqual(['skeleton: its lines are left out, since not all of them are between points 1 to 3'])
  }
})

test('a face without a category belongs to the one that is read', () => {
  const { category_id, ...bare } = face
  expect(parseCoco(coco({ annotations: [bare] })).images[0]?.faces).toHaveLength(1)
})

test('annotations of categories that are not listed are left out with a warning', () => {
  const annotations = [{ ...face, category_id: 3, keypoints: null }, face, { ...face, category_id: 44, keypoints: [] }]
  const { images, warnings } = parseCoco(coco({ annotations }))
  expect(images[0]?.faces).toHaveLength(1)
  expect(warnings).toEqual([
    'annotations[0].category_id: 3 is not the id of a category; annotations that are left out for this: 2',
  ])
})

test('images without faces, several faces in an image, crowds and an empty bbox are kept as such', () => {
  const annotations = [face, { ...face, id: 2, iscrowd: 1 }, { ...face, id: 3, bbox: [0, 0, 0, 0] }]
  const { images } = parseCoco(coco({ images: [image, { id: 8, file_name: 'b.jpg' }], annotations }))
  expect(images.map(({ faces }) => faces.length)).toEqual([3, 0])
  expect(images[0]?.faces.map(({ ignored }) => ignored)).toEqual([false, true, false])
  expect(images[0]?.faces[2]?.box).toBeUndefined()
})

test('a face without keypoints, or with null, has no points', () => {
  const { keypoints, ...bare } = face
  const { images } = parseCoco(coco({ annotations: [face, { ...bare, id: 2 }, { ...face, id: 3, keypoints: null }] }))
  expect(images[0]?.faces.map(({ points }) => points.length)).toEqual([2, 0, 0])
})

// As mmpose's test_300w.json: no names, v = 1 for points in plain view.
test('without names points have numbers, and v = 1 alone gives a warning or is read as asked', () => {
  const unnamed = coco({
    categories: [{ id: 1, name: 'person' }],
    annotations: [{ ...face, keypoints: [1, 2, 1, 3, 4, 1] }],
  })
  const { pointNames, warnings, images } = parseCoco(unnamed)
  expect(pointNames).toEqual(['0', '1'])
  expect(warnings[0]).toMatch(/labeledAs: 'visible'/)
  expect(images[0]?.faces[0]?.points[0]?.isVisible).toBe(false)
  const visible = parseCoco(unnamed, { labeledAs: 'visible' })
  expect(visible.images[0]?.faces[0]?.points[0]?.isVisible).toBe(true)
  expect(visible.warnings).toEqual([])
})

test('without names there may be more annotations than a call takes arguments', () => {
  const annotations = Array.from({ length: 200_000 }, () => ({ image_id: 7, keypoints: [1, 1, 2, 3, 3, 2] }))
  expect(parseCoco({ images: [image], annotations }).pointNames).toEqual(['0', '1'])
})

test('of several categories with keypoints one is chosen by name', () => {
  const hand = { id: 2, name: 'hand', keypoints: ['thumb'] }
  const annotations = [face, { ...face, category_id: 2, keypoints: [5, 6, 2] }]
  const both = coco({ categories: [category, hand], annotations })
  expect(parseCoco(both, { category: 'hand' }).images[0]?.faces.map(({ points }) => points.length)).toEqual([1])
  expect(() => parseCoco(both)).toThrow(/several categories have keypoints.*face, hand/)
  expect(() => parseCoco(both, { category: 'foot' })).toThrow(/no category is named foot/)
})

describe('invalid files are errors that name the place', () => {
  test.each([
    ['no images', { annotations: [] }, /field images/],
    ['an unknown image', coco({ annotations: [{ ...face, image_id: 9 }] }), /annotations\[0\]\.image_id: 9/],
    [
      'a wrong count',
      coco({ annotations: [{ ...face, keypoints: [1, 2, 2] }] }),
      /annotations\[0\]\.keypoints: expected 9 numbers.*received 3/,
    ],
    [
      'a strange visibility',
      coco({ annotations: [{ ...face, keypoints: [1, 2, 7, 0, 0, 0, 0, 0, 0] }] }),
      /visibility of left_eye is 7/,
    ],
    [
      'text for a number',
      coco({ annotations: [{ ...face, bbox: ['1', 2, 3, 4] }] }),
      /field annotations\[0\]\.bbox\[0\]/,
    ],
    [
      'unknown categories only',
      coco({ annotations: [{ ...face, category_id: 2 }] }),
      /annotations\[0\]\.category_id: 2 is not the id of a category/,
    ],
    [
      'the id of a category as text',
      coco({ annotations: [face, { ...face, category_id: '1' }] }),
      /annotations\[1\]\.category_id: '1' is not the id of a category/,
    ],
    [
      'a wrong count after a face of another category',
      coco({
        categories: [category, { id: 2, name: 'hand' }],
        annotations: [
          { ...face, category_id: 2, keypoints: null },
          { ...face, keypoints: [1, 2, 2] },
        ],
      }),
      /annotations\[1\]\.keypoints: expected 9 numbers.*received 3/,
    ],
    ['an id twice', coco({ images: [image, image] }), /id 7 occurs more than once/],
  ])('%s', (_, json, message) => {
    expect(() => parseCoco(json, { file: 'faces.json' })).toThrow(message)
    expect(() => parseCoco(json, { file: 'faces.json' })).toThrow(/faces\.json/)
  })
})

test.each([{ labeledAs: 'visble' }, { labelledAs: 'visible' }, { category: 1 }])('option %j is an error', (options) => {
  expect(() => parseCoco({ images: [], annotations: [] }, options as never)).toThrow(
    expect.objectContaining({ code: 'READ_OPTIONS' }),
  )
})
