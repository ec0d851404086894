import { defineScheme } from '@facekp/core'
import { expect, test } from '@jest/globals'
import { createFace, type FaceLabel, updatePrelabels } from '../project/labels.ts'
import { findSwapped } from './find-swapped.ts'

// The person's right eye is on the left of the image.
const mesh = new Float32Array(936)
mesh.set([20, 50], 2 * 33)
mesh.set([80, 50], 2 * 263)

const createLabels = (places: readonly [number, number][]): FaceLabel =>
  updatePrelabels(createFace({ left: 0, top: 0, width: 100, height: 100 }, places.length, mesh), places)

const named = defineScheme({ name: 'a', pointNames: ['left eye', 'right eye'], flipPairs: [[0, 1]], parts: [] })
const unnamed = { ...named, pointNames: ['目1', '目2'] }
const right = createLabels([
  [80, 50],
  [20, 50],
])
const wrong = createLabels([
  [20, 50],
  [80, 50],
])

test('names say which point is the left one', () => {
  expect(findSwapped(named, right, [])).toEqual([])
  expect(findSwapped(named, wrong, [])).toEqual([[0, 1]])
})

test('without such names the other faces say it, and alone nothing does', () => {
  expect(findSwapped(unnamed, wrong, [right, right])).toEqual([[0, 1]])
  expect(findSwapped(unnamed, right, [right])).toEqual([])
  expect(findSwapped(unnamed, wrong, [])).toEqual([])
})

test('points that are near each other, or that are missing, are not flagged', () => {
  expect(
    findSwapped(
      named,
      createLabels([
        [50, 50],
        [52, 50],
      ]),
      [],
    ),
  ).toEqual([])
  expect(findSwapped(named, createFace(wrong.box, 2, mesh), [])).toEqual([])
})

test('a face that is upside down has its own left', () => {
  const turned = mesh.slice()
  turned.set([80, 50], 2 * 33)
  turned.set([20, 50], 2 * 263)
  expect(findSwapped(named, { ...wrong, mesh: turned }, [])).toEqual([])
})
