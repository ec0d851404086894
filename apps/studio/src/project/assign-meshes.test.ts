import type { Box } from '@facekp/core'
import { expect, test } from '@jest/globals'
import { assignMeshes } from './assign-meshes.ts'
import { createFace, type FaceLabel } from './labels.ts'

const box = (left: number, size = 100): Box => ({ left, top: 20, width: size, height: size })
const mesh = (value: number): Float32Array => new Float32Array([value])
const label = (left: number, size?: number): FaceLabel => createFace(box(left, size), 1)
const detected = [
  { box: box(0), mesh: mesh(0) },
  { box: box(200), mesh: mesh(200) },
]
const listMeshes = (faces: readonly FaceLabel[]): (number | undefined)[] => faces.map((face) => face.mesh?.[0])

test('faces get the mesh at their place, in any order', () => {
  expect(listMeshes(assignMeshes([label(205), label(10)], detected))).toEqual([200, 0])
  expect(listMeshes(assignMeshes([label(400), label(190), label(5)], detected))).toEqual([undefined, 200, 0])
})

test('boxes around few points and boxes of more than the face belong to it too', () => {
  expect(listMeshes(assignMeshes([label(220, 30), label(-50, 200)], detected))).toEqual([200, 0])
})

test('a mesh goes to one face, the nearest', () => {
  expect(listMeshes(assignMeshes([label(30), label(5)], detected))).toEqual([undefined, 0])
  const close = [...detected, { box: box(40), mesh: mesh(40) }]
  expect(listMeshes(assignMeshes([label(30), label(5)], close))).toEqual([40, 0])
})

test('a face that has a mesh keeps it', () => {
  const face = { ...label(0), mesh: mesh(7) }
  expect(assignMeshes([face], detected)).toEqual([face])
})
