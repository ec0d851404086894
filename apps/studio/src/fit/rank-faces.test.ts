import { defineScheme } from '@facekp/core'
import { expect, test } from '@jest/globals'
import type { FitFace } from './protocol.ts'
import { computeDisagreement, rankFaces, splitFaces } from './rank-faces.ts'

const mesh = Float32Array.of(0, 0, 3, 0, 3, 4, 0, 4)
const scheme = defineScheme({ name: 'one', pointNames: ['nose'], flipPairs: [], parts: [] })

const createFaces = (files: readonly string[]): FitFace[] =>
  files.map((file, i) => ({ id: `${file}#${i}`, file }) as FitFace)

test('members that agree disagree by 0', () => {
  const points = Float32Array.of(1, 2, 3, 4)
  expect(computeDisagreement([points, points, points], mesh)).toBe(0)
})

test('the disagreement is relative to the size of the face', () => {
  // Each is 1 pixel from the mean of one of two points; the diagonal of the mesh is 5 pixels.
  const members = [Float32Array.of(0, 0, 10, 10), Float32Array.of(2, 0, 10, 10)]
  expect(computeDisagreement(members, mesh)).toBeCloseTo(0.5 / 5, 6)
  const larger = members.map((points) => points.map((value) => 4 * value))
  expect(
    computeDisagreement(
      larger,
      mesh.map((value) => 4 * value),
    ),
  ).toBeCloseTo(0.1, 6)
})

test('each member lacks a third of the images, with all of their faces', () => {
  const parts = splitFaces(createFaces(['a', 'a', 'b', 'c', 'd', 'e', 'f']))
  expect(parts.map((part) => part.map(({ file }) => file).join(''))).toEqual(['bcef', 'aacdf', 'aabde'])
  expect(splitFaces(createFaces(['a', 'b', 'c', 'd', 'e']))).toEqual([])
})

test('without a committee all faces are as good, in their order', async () => {
  const pool = ['x', 'y'].map((id) => ({ id, mesh }))
  const fitter = { fit: () => Promise.reject(new Error('no fit is needed')) }
  expect(await rankFaces(fitter, { scheme, faces: createFaces(['a']), pool }, new AbortController().signal)).toEqual([
    { id: 'x', disagreement: 0 },
    { id: 'y', disagreement: 0 },
  ])
})
