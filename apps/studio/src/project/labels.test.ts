import { describe, expect, test } from '@jest/globals'
import {
  boxAroundPoints,
  createFace,
  deletePoint,
  findMissing,
  movePoint,
  swapPoints,
  toggleHidden,
  toKeypoints,
  updatePrelabels,
} from './labels.ts'

const face = createFace({ left: 0, top: 0, width: 10, height: 10 }, 3)
const states = (labels: typeof face): string[] => labels.points.map(({ state }) => state)

test('a point goes from missing to pre-labeled, corrected, hidden, visible and deleted', () => {
  const prelabeled = updatePrelabels(face, [
    [1, 2],
    [3, 4],
  ])
  expect(states(prelabeled)).toEqual(['prelabeled', 'prelabeled', 'missing'])
  const moved = movePoint(prelabeled, 0, { x: 5, y: 6 })
  expect(moved.points[0]).toEqual({ x: 5, y: 6, state: 'corrected' })
  const hidden = toggleHidden(moved, 0)
  expect(hidden.points[0]).toEqual({ x: 5, y: 6, state: 'hidden' })
  expect(movePoint(hidden, 0, { x: 1, y: 1 }).points[0]?.state).toBe('hidden')
  expect(toggleHidden(hidden, 0).points[0]?.state).toBe('corrected')
  expect(deletePoint(hidden, 0).points[0]?.state).toBe('deleted')
  expect(toggleHidden(face, 0)).toBe(face)
})

describe('new pre-labels', () => {
  test('replace old ones, and leave what a person placed', () => {
    const labeled = toggleHidden(
      movePoint(
        updatePrelabels(face, [
          [1, 2],
          [3, 4],
          [5, 6],
        ]),
        0,
        { x: 9, y: 9 },
      ),
      1,
    )
    const { points } = updatePrelabels(labeled, [
      [0, 0],
      [0, 0],
      [7, 7],
    ])
    expect(points).toEqual([
      { x: 9, y: 9, state: 'corrected' },
      { x: 3, y: 4, state: 'hidden' },
      { x: 7, y: 7, state: 'prelabeled' },
    ])
  })

  test('leave what a person took away', () => {
    const labeled = deletePoint(updatePrelabels(face, [[1, 2]]), 0)
    const { points } = updatePrelabels(labeled, [
      [5, 5],
      [6, 6],
    ])
    expect(points.map(({ state }) => state)).toEqual(['deleted', 'prelabeled', 'missing'])
    expect(movePoint(labeled, 0, { x: 3, y: 3 }).points[0]?.state).toBe('corrected')
  })

  test('leave confirmed faces', () => {
    const confirmed = { ...updatePrelabels(face, [[1, 2]]), isConfirmed: true }
    expect(updatePrelabels(confirmed, [[5, 5]])).toBe(confirmed)
  })
})

test('swapping twice gives the same places', () => {
  const labeled = movePoint(
    updatePrelabels(face, [
      [1, 2],
      [3, 4],
    ]),
    0,
    { x: 9, y: 9 },
  )
  const swapped = swapPoints(labeled, 0, 1)
  expect(swapped.points.slice(0, 2)).toEqual([
    { x: 3, y: 4, state: 'corrected' },
    { x: 9, y: 9, state: 'corrected' },
  ])
  expect(toKeypoints(swapPoints(swapped, 0, 1))).toEqual(toKeypoints(labeled))
})

test('the next missing point is searched onwards, then from the beginning', () => {
  const labeled = movePoint(face, 1, { x: 1, y: 1 })
  expect([findMissing(labeled), findMissing(labeled, 1), findMissing(labeled, 3)]).toEqual([0, 2, 0])
  expect(
    findMissing(
      updatePrelabels(face, [
        [1, 1],
        [1, 1],
        [1, 1],
      ]),
    ),
  ).toBe(-1)
})

test('a point without a place stays so when it is hidden, has no box and is not labeled', () => {
  const deleted = deletePoint(updatePrelabels(face, [[1, 2]]), 0)
  expect(toggleHidden(deleted, 0)).toBe(deleted)
  expect(boxAroundPoints(deleted.points)).toBeUndefined()
  expect(findMissing(deleted)).toBe(0)
  expect([...toKeypoints(deleted).visibility]).toEqual([0, 0, 0])
})

test('points become coordinates and visibility of a sample', () => {
  const labeled = toggleHidden(movePoint(updatePrelabels(face, [[1, 2]]), 1, { x: 3, y: 4 }), 1)
  const { keypoints, visibility } = toKeypoints(labeled)
  expect([...keypoints]).toEqual([1, 2, 3, 4, 0, 0])
  expect([...visibility]).toEqual([2, 1, 0])
})

test('a box needs two places', () => {
  expect(boxAroundPoints(face.points)).toBeUndefined()
  expect(
    boxAroundPoints(
      updatePrelabels(face, [
        [1, 2],
        [4, 2],
      ]).points,
    ),
  ).toEqual({
    left: 1.5,
    top: 2.5,
    width: 3,
    height: 1,
  })
})
