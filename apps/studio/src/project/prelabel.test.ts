import {
  composeAffine,
  defineScheme,
  IBUG_68,
  MESH_468,
  mapKeypoints,
  randomStream,
  rotation,
  scaling,
  translation,
} from '@facekp/core'
import { MESH_TO_IBUG_68 } from '@facekp/landmarker'
import { expect, test } from '@jest/globals'
import { createFace, updatePrelabels } from './labels.ts'
import { findMeshPoints, placeByMesh, transferPoints } from './prelabel.ts'

const random = randomStream({ seed: 1, purpose: 'mesh' })
const mesh = Float32Array.from({ length: 936 }, () => 200 * random.uniform())

test('points that the mesh or iBUG names are tied to mesh points, others to none', () => {
  const pointNames = ['nose tip', 'my scar', MESH_468.pointNames[7] as string]
  const scheme = defineScheme({ name: 'mine', pointNames, flipPairs: [], parts: [] })
  const nose = MESH_TO_IBUG_68[IBUG_68.pointNames.indexOf('nose tip')] as number
  expect(findMeshPoints(scheme)).toEqual([nose, undefined, 7])
  expect(placeByMesh(mesh, [nose, undefined])).toEqual([[mesh[2 * nose], mesh[2 * nose + 1]], undefined])
  expect(findMeshPoints(IBUG_68)).toEqual(MESH_TO_IBUG_68)
})

test('points of a labeled face follow a similarity of the mesh exactly', () => {
  const map = composeAffine(rotation(20), scaling(1.5), translation(30, -10))
  const box = { left: 0, top: 0, width: 200, height: 200 }
  const labeled = updatePrelabels(createFace(box, 3, mesh), [[100, 80], [40.5, 33], undefined])
  const places = transferPoints(labeled, mapKeypoints(map, mesh))
  const expected = mapKeypoints(map, Float32Array.of(100, 80, 40.5, 33))
  expect(places[0]).toEqual([expect.closeTo(expected[0] as number, 3), expect.closeTo(expected[1] as number, 3)])
  expect(places[1]).toEqual([expect.closeTo(expected[2] as number, 3), expect.closeTo(expected[3] as number, 3)])
  expect(places[2]).toBeUndefined()
})

test('a labeled face without a mesh places nothing', () => {
  expect(transferPoints(createFace({ left: 0, top: 0, width: 1, height: 1 }, 2), mesh)).toEqual([undefined, undefined])
})
