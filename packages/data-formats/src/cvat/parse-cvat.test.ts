import { expect, test } from '@jest/globals'
import { parseCvat } from './parse-cvat.ts'

const wrap = (body: string): string =>
  `<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n<version>1.1</version>\n${body}\n</annotations>`

test('skeleton elements come in any order; outside is not labeled, occluded hidden', () => {
  const { images, pointNames } = parseCvat(
    wrap(`<meta><task><labels>
      <label><name>face</name><type>skeleton</type></label>
      <label><name>nose</name><type>points</type><parent>face</parent></label>
      <label><name>eye</name><type>points</type><parent>face</parent></label>
      <label><name>chin</name><type>points</type><parent>face</parent></label></labels></task></meta>
      <image id="0" name="dir/a.jpg" width="64" height="48">
        <skeleton label="face" z_order="0">
          <points label="chin" outside="1" occluded="0" points="0.00,0.00"></points>
          <points label="eye" outside="0" occluded="1" points="10.50,20.25"></points>
          <points label="nose" outside="0" occluded="0" points="5,6"></points>
        </skeleton>
      </image>
      <image id="1" name="b.jpg" width="64" height="48"></image>`),
  )
  expect(pointNames).toEqual(['nose', 'eye', 'chin'])
  expect(images.map(({ file, width, height, faces }) => [file, width, height, faces.length])).toEqual([
    ['dir/a.jpg', 64, 48, 1],
    ['b.jpg', 64, 48, 0],
  ])
  expect(images[0]?.faces[0]?.points).toEqual([
    { name: 'eye', x: 10.5, y: 20.25, isVisible: false },
    { name: 'nose', x: 5, y: 6, isVisible: true },
  ])
})

test('plain points of several coordinates are a face with numbered points; single ones are grouped by group_id', () => {
  const { images, pointNames } = parseCvat(
    wrap(`<image id="0" name="a.jpg">
      <points label="face" occluded="0" points="1,2;3,4"></points>
      <points label="nose" occluded="0" points="5,6" group_id="1"></points>
      <points label="eye" occluded="1" points="7,8" group_id="1"></points>
      <points label="nose" occluded="0" points="9,9" group_id="2"></points></image>`),
  )
  expect(images[0]?.faces.map(({ points }) => points.map(({ name, x }) => [name, x]))).toEqual([
    [
      ['0', 1],
      ['1', 3],
    ],
    [
      ['nose', 5],
      ['eye', 7],
    ],
    [['nose', 9]],
  ])
  expect(pointNames).toEqual(['0', '1', 'nose', 'eye'])
})

test('shapes that are no points are reported', () => {
  const shapes = '<polygon label="face" points="1,2;3,4"/><box label="face" xtl="0" ytl="0" xbr="9" ybr="9"/>'
  const { warnings } = parseCvat(`<annotations><image name="a.jpg">${shapes}</image></annotations>`, 'a.xml')
  expect(warnings).toEqual(['a.xml: 1 shapes are neither skeletons nor points: polygon'])
})

test('shapes of tracks that are not read are reported', () => {
  const shapes = '<points frame="0" points="1,2"/><points frame="1" points="1,3"/><box frame="0" xtl="0"/>'
  const { images, warnings } = parseCvat(
    `<annotations><track id="0" label="nose">${shapes}</track></annotations>`,
    'a.xml',
  )
  expect([images, warnings]).toEqual([[], ['a.xml: 2 shapes of tracks are not skeletons: points']])
})

test('tracks give an image per frame, several faces in one, none where the track is outside', () => {
  const skeleton = (frame: number, outside: number, x: number): string =>
    `<skeleton frame="${frame}" outside="${outside}" keyframe="1"><points label="nose" outside="0" occluded="0" points="${x},1"></points></skeleton>`
  const { images } = parseCvat(
    wrap(`<meta><task><original_size><width>640</width><height>480</height></original_size></task></meta>
      <track id="0" label="face">${skeleton(0, 0, 1)}${skeleton(12, 0, 2)}${skeleton(13, 1, 2)}</track>
      <track id="1" label="face">${skeleton(12, 0, 3)}</track>`),
  )
  expect(
    images.map(({ file, width, faces }) => [
      file,
      width,
      faces.map(({ points, attributes }) => [points[0]?.x, attributes?.['track']]),
    ]),
  ).toEqual([
    ['frame_000000', 640, [[1, '0']]],
    [
      'frame_000012',
      640,
      [
        [2, '0'],
        [3, '1'],
      ],
    ],
  ])
})

test.each([
  ['another root', '<dataset/>', /expected <annotations>.*received <dataset>/],
  [
    'no number',
    wrap('<image name="a"><points label="n" points="1,x"></points></image>'),
    /a\.xml:4.*expected "x,y" pairs/,
  ],
  ['cut off', '<annotations><image name="a">', /not well-formed XML/],
  ['a DOCTYPE', '<!DOCTYPE a [<!ENTITY b "c">]><annotations/>', /DOCTYPE/],
  ['a size of 0', wrap('<image name="a" width="0"/>'), /width: expected a number above 0/],
])('%s is an error', (_, xml, message) => {
  expect(() => parseCvat(xml, 'a.xml')).toThrow(message)
})
