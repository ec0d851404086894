import { expect, test } from '@jest/globals'
import { parseLabelStudio } from './parse-label-studio.ts'

const point = (id: string, x: number, labels: string[], changes: object = {}) => ({
  id,
  type: 'keypointlabels',
  original_width: 200,
  original_height: 100,
  image_rotation: 0,
  value: { x, y: 50, width: 0.3, keypointlabels: labels },
  ...changes,
})
const rectangle = (id: string) => ({
  id,
  type: 'rectanglelabels',
  original_width: 200,
  original_height: 100,
  value: { x: 10, y: 20, width: 50, height: 60, rectanglelabels: ['face'] },
})
const parse = (result: object[], image = '/data/upload/3/1a2b3c4d-a%20b.jpg', key = 'annotations') =>
  parseLabelStudio([{ id: 1, data: { image }, [key]: [{ result }] }])

test('percent become pixels; the names of an upload are tried with and without its prefix', () => {
  const [image] = parse([point('p', 25, ['nose'])]).images
  expect(image).toMatchObject({
    file: 'a b.jpg',
    otherFiles: ['1a2b3c4d-a b.jpg', 'data/upload/3/1a2b3c4d-a b.jpg', 'data/upload/3/1a2b3c4d-a%20b.jpg'],
    width: 200,
    height: 100,
  })
  expect(image?.faces).toEqual([{ box: undefined, points: [{ name: 'nose', x: 50, y: 50, isVisible: true }] }])
})

test('faces by parentID, with the rectangle as box', () => {
  const faces = parse([
    rectangle('r'),
    point('p', 25, ['nose'], { parentID: 'r' }),
    point('q', 50, ['eye', 'hidden'], { parentID: 'r' }),
    rectangle('s'),
  ]).images[0]?.faces
  expect(faces?.[0]).toEqual({
    box: { left: 20, top: 20, width: 100, height: 60 },
    points: [
      { name: 'nose', x: 50, y: 50, isVisible: true },
      { name: 'eye', x: 100, y: 50, isVisible: false },
    ],
  })
  expect(faces).toHaveLength(2)
})

// 100 x 60 pixels to the right of and below (20, 20) become 60 x 100 pixels to the left of and below it.
test('a rectangle that was rotated about its top-left corner has the box around it', () => {
  const { value, ...rest } = rectangle('r')
  const [face] =
    parse([{ ...rest, value: { ...value, rotation: 90 } }, point('p', 25, ['nose'])]).images[0]?.faces ?? []
  expect(face?.box).toEqual({
    left: expect.closeTo(-40, 4),
    top: expect.closeTo(20, 4),
    width: expect.closeTo(60, 4),
    height: expect.closeTo(100, 4),
  })
})

test('only labels that say so hide a point', () => {
  const [image] = parse([point('p', 25, ['nose', 'checked']), point('q', 50, ['Occluded', 'eye'])]).images
  expect(image?.faces[0]?.points.map(({ name, isVisible }) => [name, isVisible])).toEqual([
    ['nose', true],
    ['eye', false],
  ])
})

test('faces by relations', () => {
  const relation = { type: 'relation', from_id: 'p', to_id: 'q', direction: 'right' }
  const faces = parse([point('p', 25, ['nose']), point('q', 50, ['eye']), relation, point('r', 75, ['nose'])]).images[0]
    ?.faces
  expect(faces?.map(({ points }) => points.map(({ x }) => x))).toEqual([[50, 100], [150]])
})

test('old exports say completions; local files come by address', () => {
  const { images } = parse([point('p', 25, ['nose'])], '/data/local-files/?d=faces/c.jpg', 'completions')
  expect(images[0]?.file).toBe('c.jpg')
  expect(images[0]?.otherFiles).toEqual(['faces/c.jpg'])
})

test.each([
  [{ caption: 'a face', image: 'a.jpg' }, 'a.jpg'],
  [{ thumbnail: 't.jpg', image: 's3://faces/a' }, 'a'],
  [{ caption: 'a face', photo: '/data/upload/3/1a2b3c4d-a.jpg' }, 'a.jpg'],
  [{ age: 30, caption: 'a face', photo: '/data/local-files/?d=faces/a.png' }, 'a.png'],
  [{ photo: 'a', caption: 'a face' }, 'a'],
  [{ image: 'photo.jpg?token=ab/cd' }, 'photo.jpg'],
  [{ caption: 'a face', photo: 'https://x.org/faces/a%20b.jpg?X-Amz-Credential=K/s3&d=1' }, 'a b.jpg'],
  [{ image: '/data/local-files/?d=20240131-a.jpg' }, '20240131-a.jpg'],
])('the image among the data %j is %s', (data, file) => {
  expect(parseLabelStudio([{ data, annotations: [{ result: [] }] }]).images[0]?.file).toBe(file)
})

test('a name is also tried with what looks like a query, and without what looks like the prefix of an upload', () => {
  const { images } = parse([point('p', 25, ['nose'])], 's3://faces/20240131-who?=me.jpg')
  expect(images[0]).toMatchObject({ file: '20240131-who?=me.jpg', otherFiles: ['who?=me.jpg'] })
  expect(parse([], 'a?b=c.jpg').images[0]).toMatchObject({ file: 'a', otherFiles: ['a?b=c.jpg'] })
})

test('several annotations warn, canceled ones do not count', () => {
  const annotation = (x: number, isCanceled = false) => ({
    was_cancelled: isCanceled,
    result: [point('p', x, ['nose'])],
  })
  const { images, warnings } = parseLabelStudio([
    { data: { image: 'a.jpg' }, annotations: [annotation(10, true), annotation(20), annotation(30)] },
  ])
  expect(images[0]?.faces[0]?.points[0]?.x).toBe(40)
  expect(warnings).toEqual(['task 0: has 2 annotations; the first is used'])
})

// As <Labels> with <KeyPoint>, and <PolygonLabels>, write them; the answer to a question about a region is no shape.
test('shapes that are not read are reported', () => {
  const { value, ...plain } = point('p', 25, ['nose'])
  const place = { x: value.x, y: value.y, width: value.width }
  const { images, warnings } = parse([
    { ...plain, type: 'keypoint', value: place },
    { ...plain, type: 'labels', value: { ...place, labels: ['nose'] } },
    { ...plain, type: 'choices', value: { ...place, choices: ['sharp'] } },
    { ...plain, id: 'q', type: 'polygonlabels', value: { points: [[1, 2]], polygonlabels: ['hair'] } },
  ])
  expect(images[0]?.faces).toEqual([])
  expect(warnings).toEqual([
    'label-studio.json: 3 shapes are neither keypointlabels nor rectanglelabels: keypoint, labels, polygonlabels',
  ])
})

test('a rotated image and a missing size are errors', () => {
  expect(() => parse([point('p', 1, ['nose'], { image_rotation: 90 })])).toThrow(/task 0.*rotated by 90/)
  expect(() => parse([point('p', 1, ['nose'], { original_width: undefined })])).toThrow(/expected original_width/)
})
