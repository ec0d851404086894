import { expect, test } from '@jest/globals'
import { parseYoloPose, parseYoloPoseConfig } from './parse-yolo-pose.ts'

const yaml = 'path: .\ntrain: images/train\nkpt_shape: [3, 3]\nflip_idx: [1, 0, 2]\nnames:\n  0: face\n'
const labels = (text: string) => [{ file: 'images/a.jpg', width: 200, height: 100, text, labelFile: 'labels/a.txt' }]

test('relative numbers become pixels; a third number is visibility as in COCO', () => {
  const config = parseYoloPoseConfig(yaml)
  const { images, flipPairs, pointNames } = parseYoloPose(
    config,
    labels('0 0.5 0.5 0.2 0.4 0.1 0.2 2 0 0 0 0.3 0.4 1\n'),
  )
  expect(pointNames).toEqual(['0', '1', '2'])
  expect(flipPairs).toEqual([[0, 1]])
  expect(images[0]?.faces).toEqual([
    {
      box: { left: 80, top: 30, width: 40, height: 40 },
      line: 1,
      points: [
        { name: '0', x: 20, y: 20, isVisible: true },
        { name: '2', x: 60, y: 40, isVisible: false },
      ],
    },
  ])
})

test('with two numbers per point, negative ones and (0, 0) are not labeled', () => {
  const config = parseYoloPoseConfig('kpt_shape: [3, 2]')
  const { images } = parseYoloPose(config, labels('0 0.5 0.5 0.2 0.4 0.1 0.2 0 0 -1 -1'))
  expect(images[0]?.faces[0]?.points).toEqual([{ name: '0', x: 20, y: 20, isVisible: true }])
})

test('an empty file has no faces, several lines several', () => {
  const config = parseYoloPoseConfig('kpt_shape: [1, 2]')
  const line = '0 0.5 0.5 0.2 0.4 0.1 0.2'
  expect(parseYoloPose(config, labels('')).images[0]?.faces).toEqual([])
  expect(parseYoloPose(config, labels(`${line}\r\n${line}\r\n`)).images[0]?.faces).toHaveLength(2)
})

test('kpt_names name the points', () => {
  expect(parseYoloPoseConfig('kpt_shape: [2, 3]\nkpt_names:\n  0: [left eye, right eye]').pointNames).toEqual([
    'left eye',
    'right eye',
  ])
  expect(() => parseYoloPoseConfig('kpt_shape: [3, 3]\nkpt_names:\n  0: [a]')).toThrow(/expected 3 names.*received 1/)
})

test.each([
  ['no kpt_shape', 'names: [face]', /field kpt_shape/],
  ['a flip_idx that is no permutation', 'kpt_shape: [3, 3]\nflip_idx: [1, 2, 0]', /flip_idx: flipping twice/],
  ['a flip_idx of another length', 'kpt_shape: [3, 3]\nflip_idx: [1, 0]', /flip_idx/],
  ['broken YAML', 'kpt_shape: [3', /not valid YAML/],
])('%s is an error with the file', (_, text, message) => {
  expect(() => parseYoloPoseConfig(text, 'data.yaml')).toThrow(message)
})

test('a line of another length is an error with file and line', () => {
  const config = parseYoloPoseConfig(yaml)
  expect(() => parseYoloPose(config, labels('0 0.5 0.5 0.2 0.4 0.1'))).toThrow(/labels\/a\.txt:1.*expected 14 numbers/)
})

test.each(['-1', '0.3', '7'])('a visibility of %s is an error with file and line', (visibility) => {
  const config = parseYoloPoseConfig('kpt_shape: [1, 3]')
  expect(() => parseYoloPose(config, labels(`\n0 0.5 0.5 0.2 0.4 0.1 0.2 ${visibility}`))).toThrow(
    expect.objectContaining({ code: 'ANNOTATIONS_INVALID', file: 'labels/a.txt', line: 2, received: visibility }),
  )
})
