import { defineScheme } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import type { AnnotatedFace, AnnotatedImage, Annotations } from './annotations/annotations.ts'
import {
  createFaceRecords,
  parseCoco,
  parseCsv,
  parseCvat,
  parseImglab,
  parseLabelme,
  parseLabelStudio,
  parsePts,
  parseWflw,
  parseYoloPose,
  parseYoloPoseConfig,
  serializeCoco,
  serializeCsv,
  serializeCvat,
  serializeImglab,
  serializeLabelme,
  serializeLabelStudio,
  serializePts,
  serializeWflw,
  serializeYoloPose,
} from './index.ts'

// The table of the README in both directions: what a hand-made file says of a visible, a hidden and an unlabeled point, and what is written for them.
const SCHEME = defineScheme({ name: 'three', pointNames: ['seen', 'covered', 'absent'], flipPairs: [], parts: [] })
const FACE: AnnotatedFace = {
  box: { left: 1, top: 2, width: 30, height: 20 },
  points: [
    { name: 'seen', x: 4, y: 5, isVisible: true },
    { name: 'covered', x: 10, y: 20, isVisible: false },
  ],
}
const IMAGES: AnnotatedImage[] = [{ file: 'a.jpg', width: 100, height: 50, faces: [FACE] }]

function readVisibility(annotations: Annotations, scheme = SCHEME): number[] {
  const [record] = createFaceRecords(annotations, { scheme, file: 'a' }).records
  return [...(record?.visibility ?? [])]
}

const coco = {
  images: [{ id: 1, file_name: 'a.jpg' }],
  annotations: [{ image_id: 1, category_id: 1, keypoints: [4, 5, 2, 10, 20, 1, 0, 0, 0] }],
  categories: [{ id: 1, name: 'face', keypoints: SCHEME.pointNames }],
}
const yolo = parseYoloPoseConfig('kpt_shape: [3, 3]\nkpt_names:\n  0: [seen, covered, absent]')
const yolo2 = parseYoloPoseConfig('kpt_shape: [3, 2]\nkpt_names:\n  0: [seen, covered, absent]')
const parseYolo = (text: string, config = yolo): Annotations =>
  parseYoloPose(config, [{ file: 'a.jpg', width: 100, height: 50, text }])
const cvat = (points: string): string =>
  `<annotations><image name="a.jpg"><skeleton label="face">${points}</skeleton></image></annotations>`
const labelme = (...shapes: object[]): Annotations =>
  parseLabelme([
    {
      json: {
        imagePath: 'a.jpg',
        shapes: shapes.map((shape) => ({ shape_type: 'point', points: [[1, 2]], ...shape })),
      },
      file: 'a',
    },
  ])
const labelStudio = (...labels: string[][]): Annotations =>
  parseLabelStudio([
    {
      data: { image: 'a.jpg' },
      annotations: [
        {
          result: labels.map((keypointlabels) => ({
            type: 'keypointlabels',
            original_width: 100,
            original_height: 50,
            value: { x: 1, y: 2, keypointlabels },
          })),
        },
      ],
    },
  ])

describe('is read', () => {
  test.each<[string, Annotations, number[]]>([
    ['COCO', parseCoco(coco), [2, 1, 0]],
    ["COCO with labeledAs: 'visible'", parseCoco(coco, { labeledAs: 'visible' }), [2, 2, 0]],
    ['YOLO-pose', parseYolo('0 .5 .5 .2 .2 .04 .1 2 .1 .4 1 0 0 0'), [2, 1, 0]],
    ['YOLO-pose without visibility', parseYolo('0 .5 .5 .2 .2 .04 .1 .1 .4 0 0', yolo2), [2, 2, 0]],
    ['YOLO-pose without visibility, negative', parseYolo('0 .5 .5 .2 .2 .04 .1 .1 .4 -1 -1', yolo2), [2, 2, 0]],
    [
      'CVAT',
      parseCvat(
        cvat(
          '<points label="seen" outside="0" occluded="0" points="4,5"/><points label="covered" outside="0" occluded="1" points="10,20"/><points label="absent" outside="1" occluded="0" points="0,0"/>',
        ),
      ),
      [2, 1, 0],
    ],
    ['labelme by flag', labelme({ label: 'seen' }, { label: 'covered', flags: { occluded: true } }), [2, 1, 0]],
    ['labelme by suffix', labelme({ label: 'seen' }, { label: 'covered_hidden' }), [2, 1, 0]],
    ['Label Studio', labelStudio(['seen'], ['covered', 'occluded']), [2, 1, 0]],
    ['Label Studio with further labels', labelStudio(['seen', 'front'], ['Invisible', 'covered']), [2, 1, 0]],
    [
      'imglab',
      parseImglab(
        "<dataset><images><image file='a.jpg'><box left='1' top='1' width='9' height='9'><part name='seen' x='4' y='5'/><part name='covered' x='10' y='20'/></box></image></images></dataset>",
      ),
      [2, 2, 0],
    ],
    [
      'CSV',
      parseCsv(
        'image,seen_x,seen_y,seen_v,covered_x,covered_y,covered_v,absent_x,absent_y,absent_v\na.jpg,4,5,2,10,20,1,,,0',
      ),
      [2, 1, 0],
    ],
    [
      'CSV without visibility',
      parseCsv('image,seen_x,seen_y,covered_x,covered_y,absent_x,absent_y\na.jpg,4,5,10,20,NaN,NaN'),
      [2, 2, 0],
    ],
  ])('from %s', (_, annotations, visibility) => {
    expect(readVisibility(annotations)).toEqual(visibility)
  })

  test('from .pts, in which a point is visible or absent', () => {
    const { points } = parsePts('version: 1\nn_points: 3\n{\n5 6\n11 21\nnan nan\n}')
    expect(points.map(({ name, isVisible }) => [name, isVisible])).toEqual([
      ['0', true],
      ['1', true],
    ])
  })

  test('from WFLW, in which all points are visible', () => {
    const scheme = { ...SCHEME, pointNames: Array.from({ length: 98 }, (_, i) => `${i}`) }
    const line = [...Array(196).fill('7'), '1', '2', '31', '22', '0', '0', '0', '0', '1', '0', 'a.jpg'].join(' ')
    expect(new Set(readVisibility(parseWflw(line), scheme))).toEqual(new Set([2]))
  })
})

test.each([
  ['COCO', () => serializeCoco(IMAGES, SCHEME).annotations[0]?.keypoints, [4, 5, 2, 10, 20, 1, 0, 0, 0]],
  [
    'YOLO-pose',
    () => serializeYoloPose(IMAGES[0] as AnnotatedImage, SCHEME),
    /^0 .* 0\.04 0\.1 2 0\.1 0\.4 1 0 0 0\n?$/,
  ],
  ['CVAT, visible', () => serializeCvat(IMAGES, SCHEME), /label="seen" .*outside="0" occluded="0" points="4,5"/],
  ['CVAT, hidden', () => serializeCvat(IMAGES, SCHEME), /label="covered" .*outside="0" occluded="1" points="10,20"/],
  ['CVAT, not labeled', () => serializeCvat(IMAGES, SCHEME), /label="absent" .*outside="1" occluded="0"/],
  [
    'labelme',
    () => serializeLabelme(IMAGES[0] as AnnotatedImage).shapes.map(({ label, flags }) => [label, flags]),
    [
      ['seen', {}],
      ['covered', { occluded: true }],
      ['face', {}],
    ],
  ],
  [
    'Label Studio',
    () => serializeLabelStudio(IMAGES)[0]?.annotations[0].result.flatMap(({ value }) => value['keypointlabels'] ?? []),
    ['seen', 'covered', 'hidden'],
  ],
  [
    'imglab',
    () => [...serializeImglab(IMAGES, SCHEME).matchAll(/part name="(\w+)"/g)].map(([, name]) => name),
    ['covered', 'seen'],
  ],
  ['.pts', () => serializePts(FACE, SCHEME), /\{\n5 6\n11 21\nnan nan\n\}/],
  ['CSV', () => serializeCsv(IMAGES, SCHEME).split('\n')[1], 'a.jpg,4,5,2,10,20,1,,,0'],
] as [string, () => unknown, unknown][])('is written as %s', (_, write, expected) => {
  if (expected instanceof RegExp) expect(write()).toMatch(expected)
  else expect(write()).toEqual(expected)
})

test('that WFLW cannot hold is an error', () => {
  const scheme = { ...SCHEME, pointNames: Array.from({ length: 98 }, (_, i) => `${i}`) }
  expect(() => serializeWflw(IMAGES, scheme)).toThrow(expect.objectContaining({ code: 'ANNOTATIONS_LOSS' }))
})
