import { IBUG_68, type KeypointScheme } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { AnnotatedFace, AnnotatedImage, AnnotatedPoint, Annotations } from './annotations/annotations.ts'
import {
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
  serializeYoloPoseConfig,
} from './index.ts'

// Laws: what is written and read again is the same, as far as the format can hold it.

const SCHEME: KeypointScheme = {
  name: 'four',
  pointNames: ['left eye', 'right eye', 'nose', 'mund <"&> 口'],
  flipPairs: [[0, 1]],
  parts: [{ name: 'part 1', indices: [0, 1], closed: false }],
}
const RUNS = { numRuns: 30 }

const coordinate = fc.integer({ min: 0, max: 639_000 }).map((value) => value / 1000)
const isVisible = fc.boolean()
const point = (name: string): fc.Arbitrary<AnnotatedPoint> =>
  fc.record({ name: fc.constant(name), x: coordinate, y: coordinate, isVisible })
const box = fc.record({
  left: coordinate,
  top: coordinate,
  width: fc.integer({ min: 1, max: 300 }),
  height: fc.integer({ min: 1, max: 300 }),
})

function face(scheme: KeypointScheme, isWhole = false): fc.Arbitrary<AnnotatedFace> {
  const points = fc.tuple(
    ...scheme.pointNames.map((name) => fc.option(point(name), { nil: undefined, freq: isWhole ? 1e9 : 4 })),
  )
  return fc
    .record({ box, points: points.map((options) => options.filter((option) => option !== undefined)) })
    .filter(({ points: some }) => some.length > 0)
}

function images(faces: fc.Arbitrary<AnnotatedFace[]>): fc.Arbitrary<AnnotatedImage[]> {
  return fc
    .array(faces, { minLength: 1, maxLength: 3 })
    .map((lists) => lists.map((list, index) => ({ file: `dir/é ${index}.jpg`, width: 640, height: 480, faces: list })))
}

const anyFaces = images(fc.array(face(SCHEME), { maxLength: 3 }))

/** What the format states of each face: file, points by name (with visibility if it has it) and box (if it has it). */
function normalize(
  list: readonly AnnotatedImage[],
  has: { visibility?: boolean; box?: boolean; empty?: boolean },
  digits: number,
): object[] {
  const round = (value: number): number => Number(value.toFixed(digits)) + 0
  return list
    .filter(({ faces }) => has.empty !== false || faces.length > 0)
    .map(({ file, faces }) => ({
      file,
      faces: faces.map((item) => ({
        ...(has.box === false || !item.box ? {} : { box: Object.values(item.box).map(round) }),
        points: Object.fromEntries(
          [...item.points].map(({ name, x, y, isVisible: visible }) => [
            name,
            [round(x), round(y), has.visibility === false ? true : visible],
          ]),
        ),
      })),
    }))
}

type RoundTrip = (list: AnnotatedImage[]) => Annotations
const yoloConfig = parseYoloPoseConfig(serializeYoloPoseConfig(SCHEME))

const FORMATS: [string, RoundTrip, { visibility?: boolean; box?: boolean; empty?: boolean }, number][] = [
  ['COCO', (list) => parseCoco(JSON.parse(JSON.stringify(serializeCoco(list, SCHEME)))), {}, 6],
  ['CVAT', (list) => parseCvat(serializeCvat(list, SCHEME)), { box: false }, 6],
  ['imglab', (list) => parseImglab(serializeImglab(list, SCHEME)), { visibility: false }, 6],
  [
    'labelme',
    (list) =>
      parseLabelme(
        list.map((image) => ({ json: JSON.parse(JSON.stringify(serializeLabelme(image))), file: image.file })),
      ),
    {},
    6,
  ],
  ['Label Studio', (list) => parseLabelStudio(JSON.parse(JSON.stringify(serializeLabelStudio(list)))), {}, 6],
  ['CSV', (list) => parseCsv(serializeCsv(list, SCHEME)), { box: false }, 6],
  [
    'YOLO-pose',
    (list) =>
      parseYoloPose(
        yoloConfig,
        list.map((image) => ({ ...image, width: 640, height: 480, text: serializeYoloPose(image, SCHEME) })),
      ),
    {},
    3,
  ],
]

test.each(FORMATS)('%s gives back what was written', (name, roundTrip, has, digits) => {
  fc.assert(
    fc.property(anyFaces, (list) => {
      const back = roundTrip(list)
      const files =
        name === 'Label Studio'
          ? list.map((image) => ({ ...image, file: image.file.split('/').at(-1) as string }))
          : list
      expect(normalize(back.images, has, digits)).toEqual(normalize(files, has, digits))
    }),
    RUNS,
  )
})

test.each(FORMATS)(
  '%s reads what it writes of faces without a box, without points, or without both',
  (_, roundTrip) => {
    const points = [{ name: 'nose', x: 3, y: 4, isVisible: true }]
    const empty = { left: 5, top: 6, width: 0, height: 0 }
    const faces = [{ points }, { points: [] }, { points, box: empty }, { points: [], box: empty }]
    const [image] = roundTrip([{ file: 'a.jpg', width: 640, height: 480, faces }]).images
    const labeled = image?.faces.filter((item) => item.points.length > 0)
    expect(labeled?.map((item) => item.points[0])).toMatchObject(
      Array(2).fill({ x: expect.closeTo(3, 3), y: expect.closeTo(4, 3) }),
    )
  },
)

test('imglab has the box of the points for one without area, and no face without both', () => {
  const faces = [
    { points: [{ name: 'nose', x: 3, y: 4, isVisible: true }], box: { left: 5, top: 6, width: 0, height: 2 } },
    { points: [], box: { left: 0, top: 0, width: 0, height: 0 } },
  ]
  const [image] = parseImglab(serializeImglab([{ file: 'a.jpg', faces }], SCHEME)).images
  // The pixel at (3, 4).
  expect(image?.faces.map(({ box }) => box)).toEqual([{ left: 3, top: 4, width: 1, height: 1 }])
})

test('.pts gives back what was written, points that are not labeled included', () => {
  fc.assert(
    fc.property(face(SCHEME), (written) => {
      const { count, points } = parsePts(serializePts(written, SCHEME))
      expect(count).toBe(4)
      const named = points.map((each) => ({ ...each, name: SCHEME.pointNames[Number(each.name)] as string }))
      expect(normalize([{ file: '', faces: [{ points: named }] }], { visibility: false, box: false }, 6)).toEqual(
        normalize([{ file: '', faces: [written] }], { visibility: false, box: false }, 6),
      )
    }),
    RUNS,
  )
})

test('WFLW gives back what was written, flags included', () => {
  const scheme = {
    ...SCHEME,
    flipPairs: [],
    parts: [],
    pointNames: Array.from({ length: 98 }, (_, index) => String(index)),
  }
  fc.assert(
    fc.property(images(fc.array(face(scheme, true), { maxLength: 2 })), (list) => {
      const flagged = list.map((image) => ({
        ...image,
        faces: image.faces.map((item) => ({ ...item, attributes: { blur: 1 } })),
      }))
      const back = parseWflw(serializeWflw(flagged, scheme)).images
      expect(normalize(back, { visibility: false }, 6)).toEqual(normalize(list, { visibility: false, empty: false }, 6))
      for (const { faces } of back)
        for (const { attributes } of faces) expect(attributes).toMatchObject({ blur: 1, pose: 0 })
    }),
    { numRuns: 5 },
  )
})

describe('across formats', () => {
  test('COCO to CVAT to COCO keeps points, names and visibility', () => {
    fc.assert(
      fc.property(anyFaces, (list) => {
        const coco = parseCoco(serializeCoco(list, SCHEME))
        const cvat = parseCvat(serializeCvat(coco.images, SCHEME))
        const again = parseCoco(serializeCoco(cvat.images, SCHEME))
        expect(again.pointNames).toEqual(SCHEME.pointNames)
        expect(normalize(again.images, { box: false }, 6)).toEqual(normalize(list, { box: false }, 6))
      }),
      RUNS,
    )
  })

  test("the skeleton and the names of 68 points survive COCO, the flip pairs YOLO's", () => {
    const { edges } = parseCoco(serializeCoco([], IBUG_68))
    expect(edges?.slice(0, 2)).toEqual([
      [0, 1],
      [1, 2],
    ])
    expect(parseYoloPoseConfig(serializeYoloPoseConfig(IBUG_68)).flipPairs).toHaveLength(IBUG_68.flipPairs.length)
  })
})
