import { expect, test } from '@jest/globals'
import { parseLabelme } from './parse-labelme.ts'

const shape = (label: string, x: number, changes: object = {}) => ({
  label,
  points: [[x, 1]],
  group_id: null,
  shape_type: 'point',
  flags: {},
  ...changes,
})
const parse = (shapes: object[]) =>
  parseLabelme([
    {
      json: {
        version: '5',
        imagePath: '..\\images\\a.jpg',
        imageData: 'x'.repeat(99),
        imageWidth: 64,
        imageHeight: 48,
        shapes,
      },
      file: 'a.json',
    },
  ])

test('group_id separates faces; without one all points are one face', () => {
  const { images, pointNames } = parse([
    shape('nose', 1, { group_id: 1 }),
    shape('nose', 2, { group_id: 2 }),
    shape('eye', 3, { group_id: 1 }),
  ])
  expect(images[0]).toMatchObject({ file: '../images/a.jpg', width: 64, height: 48 })
  expect(images[0]?.faces.map(({ points }) => points.map(({ x }) => x))).toEqual([[1, 3], [2]])
  expect(pointNames).toEqual(['nose', 'eye'])
  expect(parse([shape('nose', 1), shape('eye', 2)]).images[0]?.faces).toHaveLength(1)
})

test('hidden points by flag or suffix', () => {
  const { images, pointNames } = parse([
    shape('nose_occluded', 1),
    shape('eye', 2, { flags: { occluded: true } }),
    shape('ear', 3),
  ])
  expect(images[0]?.faces[0]?.points.map(({ name, isVisible }) => [name, isVisible])).toEqual([
    ['nose', false],
    ['eye', false],
    ['ear', true],
  ])
  expect(pointNames).toEqual(['nose', 'eye', 'ear'])
})

test('a rectangle of the group is its box; other shapes give a warning', () => {
  const rectangle = {
    label: 'face',
    points: [
      [30, 40],
      [10, 20],
    ],
    group_id: 1,
    shape_type: 'rectangle',
    flags: {},
  }
  const { images, warnings } = parse([
    rectangle,
    shape('nose', 1, { group_id: 1 }),
    shape('hair', 1, { shape_type: 'polygon' }),
  ])
  expect(images[0]?.faces[0]?.box).toEqual({ left: 10, top: 20, width: 20, height: 20 })
  expect(warnings).toEqual(['a.json: 1 shapes are neither points nor rectangles'])
})

test('an invalid file is named', () => {
  expect(() => parseLabelme([{ json: { shapes: [] }, file: 'b.json' }])).toThrow(/b\.json.*field imagePath/)
})
