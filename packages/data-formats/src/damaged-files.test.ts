import { isFacekpError } from '@facekp/core'
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { AnnotatedFace, Annotations } from './annotations/annotations.ts'
import { getBox } from './annotations/get-box.ts'
import {
  createFaceRecords,
  parseCoco,
  parseCsv,
  parseCvat,
  parseLabelme,
  parseLabelStudio,
  parseWflw,
  parseYoloPose,
  parseYoloPoseConfig,
} from './index.ts'

// A damaged or hostile file is read or throws a FacekpError, never another error. (imglab and .pts have such tests of their own.)
function expectReadOrRefused(parse: () => Annotations): void {
  try {
    createFaceRecords(parse(), { file: 'a' })
  } catch (error) {
    if (!isFacekpError(error)) throw error
    expect(error.code).not.toBe('')
  }
}

const coco = {
  images: [{ id: 1, file_name: 'a.jpg', width: 10, height: 10 }],
  annotations: [{ image_id: 1, category_id: 1, bbox: [1, 2, 3, 4], iscrowd: 0, keypoints: [1, 1, 2, 2, 2, 1] }],
  categories: [{ id: 1, name: 'face', keypoints: ['left', 'right'], skeleton: [[1, 2]] }],
}
const point = { label: 'nose', points: [[1, 2]], group_id: 1, shape_type: 'point', flags: { occluded: true } }
const box = {
  label: 'face',
  points: [
    [1, 2],
    [3, 4],
  ],
  group_id: 1,
  shape_type: 'rectangle',
  flags: {},
}
const labelme = { imagePath: 'a.jpg', imageWidth: 10, imageHeight: 10, imageData: null, shapes: [point, box] }
const size = { original_width: 10, original_height: 10 }
const labelStudio = [
  {
    data: { image: '/data/upload/1/abcdef12-a.jpg' },
    file_upload: 'a.jpg',
    annotations: [
      {
        was_cancelled: false,
        result: [
          {
            id: 'r',
            type: 'rectanglelabels',
            ...size,
            value: { x: 1, y: 1, width: 5, height: 5, rectanglelabels: ['face'] },
          },
          { id: 'p', parentID: 'r', type: 'keypointlabels', ...size, value: { x: 1, y: 2, keypointlabels: ['nose'] } },
          { type: 'relation', from_id: 'r', to_id: 'p' },
        ],
      },
    ],
  },
]

const STRANGE = [
  null,
  -1,
  0.3,
  1e308,
  '',
  '%',
  '%E0%A4%A',
  '__proto__',
  'constructor',
  [],
  {},
  [null],
  { x: null },
  true,
]

test.each<[string, object, (json: unknown) => Annotations]>([
  ['COCO', coco, (json) => parseCoco(json)],
  ['labelme', labelme, (json) => parseLabelme([{ json, file: 'a.json' }])],
  ['Label Studio', labelStudio, (json) => parseLabelStudio(json)],
])('%s with a value missing or strange', (_, valid, parse) => {
  for (const path of listPaths(valid)) {
    expectReadOrRefused(() => parse(replaceAt(valid, path, undefined)))
    for (const value of STRANGE) expectReadOrRefused(() => parse(replaceAt(valid, path, value)))
  }
})

const yolo = 'path: .\ntrain: images\nkpt_shape: [2, 3]\nflip_idx: [1, 0]\nnames:\n  0: face\nkpt_names:\n  0: [a, b]\n'
const yoloConfig = parseYoloPoseConfig(yolo)
const readLabels = (text: string): Annotations => parseYoloPose(yoloConfig, [{ file: 'a', width: 5, height: 5, text }])
const skeleton = '<skeleton label="face" frame="3"><points label="n" outside="0" points="1,2"></points></skeleton>'
const cvat = `<annotations><image id="0" name="a.jpg" width="5" height="5">${skeleton}<points label="p" points="1,2;3,4"/></image><track id="0">${skeleton}</track></annotations>`

test.each<[string, string, (text: string) => Annotations]>([
  ['the YAML of YOLO-pose', yolo, (text) => parseYoloPose(parseYoloPoseConfig(text), [])],
  ['labels of YOLO-pose', '0 .5 .5 .2 .2 .1 .1 2 .2 .2 1\n', readLabels],
  ['CVAT', cvat, (text) => parseCvat(text)],
  ['WFLW', `${Array(206).fill('1').join(' ')} a.jpg\n`, (text) => parseWflw(text)],
  ['wide CSV', 'image,nose_x,nose_y,nose_v\na.jpg,1,2,2\n', (text) => parseCsv(text)],
  ['long CSV', 'image,face,point,x,y\na.jpg,0,nose,1,2\n', (text) => parseCsv(text)],
])('%s with a part replaced', (_, valid, parse) => {
  const fragments = [
    '<',
    '>',
    '"',
    '__proto__',
    '\0',
    ',',
    '\n',
    '-1',
    'NaN',
    '1e999',
    '[',
    ': ',
    '&a *a',
    '!!js/function',
    '{}',
  ]
  const piece = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom(...fragments))
  fc.assert(
    fc.property(fc.nat(valid.length), fc.nat(20), piece, (from, length, insertion) => {
      expectReadOrRefused(() => parse(valid.slice(0, from) + insertion + valid.slice(from + length)))
    }),
    { numRuns: 400 },
  )
})

test.each<[string, object, (json: unknown) => Annotations]>([
  ['COCO', coco, (json) => parseCoco(json)],
  ['labelme', labelme, (json) => parseLabelme([{ json, file: 'a.json' }])],
  ['Label Studio', labelStudio, (json) => parseLabelStudio(json)],
])('%s with a coordinate that no image has is refused', (_, valid, parse) => {
  const numbers = listPaths(valid).filter((path) => /keypoints|bbox|points|value|width|height/i.test(path.join('.')))
  const coordinates = numbers.filter((path) => typeof path.reduce<unknown>(getChild, valid) === 'number')
  const isCoordinate = (path: Path): boolean => !path.includes('iscrowd') && !path.includes('skeleton')
  expect(coordinates.length).toBeGreaterThan(3)
  for (const path of coordinates.filter(isCoordinate)) {
    expect(() => parse(replaceAt(valid, path, 1e39))).toThrow(expect.objectContaining({ code: 'ANNOTATIONS_INVALID' }))
  }
})

test('a face of more points than a call takes arguments has the box around them', () => {
  const points = Array.from({ length: 200_000 }, (_, i) => ({ ...point, label: `p${i}`, points: [[i, 1]] }))
  const [image] = parseLabelme([{ json: { ...labelme, shapes: points }, file: 'a.json' }]).images
  expect(getBox(image?.faces[0] as AnnotatedFace)).toEqual({ left: 0, top: 1, width: 200_000, height: 1 })
})

test('XML of endless depth is refused', () => {
  const text = `<annotations>${'<a>'.repeat(200_000)}`
  expect(() => parseCvat(text)).toThrow(expect.objectContaining({ code: 'ANNOTATIONS_INVALID', line: 1 }))
})

test('a long CSV without a column for y is refused', () => {
  expect(() => parseCsv('image,point,x\na.jpg,nose,1\n')).toThrow(/expected a column named y/)
})

test('settings of YOLO-pose that are too long, or have more points than any face, are refused', () => {
  for (const text of [`${yolo}${'# a\n'.repeat(70_000)}`, 'kpt_shape: [2000000000, 3]\ntrain: a\n']) {
    expect(() => parseYoloPoseConfig(text)).toThrow(expect.objectContaining({ code: 'ANNOTATIONS_INVALID' }))
  }
})

test('a name of Label Studio that is no escaped address is kept', () => {
  const [task] = labelStudio
  const renamed = { ...task, data: { image: '/data/upload/1/100%.jpg' } }
  expect(parseLabelStudio([renamed]).images[0]?.file).toBe('100%.jpg')
})

type Path = readonly string[]

function getChild(value: unknown, key: string): unknown {
  return (value as Record<string, unknown>)[key]
}

function listPaths(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const inner = Object.entries(value).flatMap(([key, child]) => listPaths(child, [...path, key]))
  return path.length === 0 ? inner : [path, ...inner]
}

/** Returns a copy with the value at a path replaced; removed for undefined. */
function replaceAt(root: object, path: Path, value: unknown): unknown {
  const copy = structuredClone(root)
  let parent = copy as Record<string, unknown>
  for (const key of path.slice(0, -1)) parent = parent[key] as Record<string, unknown>
  const last = path.at(-1) as string
  if (value === undefined) delete parent[last]
  else parent[last] = value
  return copy
}
