import { expect, test } from '@jest/globals'
import { rankErrors } from './rank-errors.ts'

const list = (faces: Parameters<typeof rankErrors>[0]): (string | number)[][] =>
  rankErrors(faces).map(({ face, share }) => [face.id, share])

test('ranks faces by NME, and measures them by it', () => {
  // On a small face, an error of fewer pixels is a larger part of the face.
  const faces = [
    { id: 'large', errorPx: 20, nme: 0.05 },
    { id: 'unknown', errorPx: 30 },
    { id: 'small', errorPx: 4, nme: 0.1 },
  ]
  expect(list(faces)).toEqual([
    ['small', 1],
    ['large', 0.5],
    ['unknown', 0],
  ])
})

test('ranks faces by pixels if none has an NME', () => {
  const faces = [
    { id: 'a', errorPx: 1 },
    { id: 'b', errorPx: 4 },
  ]
  expect(list(faces)).toEqual([
    ['b', 1],
    ['a', 0.25],
  ])
})

test('faces without an error have no bar', () => {
  expect(list([{ id: 'a', errorPx: 0, nme: 0 }])).toEqual([['a', 0]])
})
