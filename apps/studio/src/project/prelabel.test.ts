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
import { createFace, type FaceLabel, updatePrelabels } from './labels.ts'
import { findMeshPoints, placeByLabels } from './prelabel.ts'

const random = randomStream({ seed: 1, purpose: 'mesh' })
const mesh = Float32Array.from({ length: 936 }, () => 200 * random.uniform())

test('points that the mesh or iBUG names are tied to mesh points, others to none', () => {
  const pointNames = ['nose tip', 'my scar', MESH_468.pointNames[7] as string]
  const scheme = defineScheme({ name: 'mine', pointNames, flipPairs: [], parts: [] })
  const nose = MESH_TO_IBUG_68[IBUG_68.pointNames.indexOf('nose tip')] as number
  expect(findMeshPoints(scheme)).toEqual([nose, undefined, 7])
  expect(placeByLabels(mesh, [nose, undefined], [])).toEqual([[mesh[2 * nose], mesh[2 * nose + 1]], undefined])
  expect(findMeshPoints(IBUG_68)).toEqual(MESH_TO_IBUG_68)
})

const BOX = { left: 0, top: 0, width: 200, height: 200 }
const label = (places: Parameters<typeof updatePrelabels>[1], source = mesh): FaceLabel =>
  updatePrelabels(createFace(BOX, places.length, source), places)

test('points without a name in the mesh follow a similarity of the labeled face exactly', () => {
  const map = composeAffine(rotation(20), scaling(1.5), translation(30, -10))
  const labeled = label([[100, 80], [40.5, 33], undefined])
  const places = placeByLabels(mapKeypoints(map, mesh), [undefined, undefined, undefined], [labeled])
  const expected = mapKeypoints(map, Float32Array.of(100, 80, 40.5, 33))
  expect(places[0]).toEqual([expect.closeTo(expected[0] as number, 3), expect.closeTo(expected[1] as number, 3)])
  expect(places[1]).toEqual([expect.closeTo(expected[2] as number, 3), expect.closeTo(expected[3] as number, 3)])
  expect(places[2]).toBeUndefined()
})

test('points with a name keep the mean offset of the labels, and the name counts as half a label', () => {
  const [x, y] = [mesh[14] as number, mesh[15] as number]
  expect(placeByLabels(mesh, [7], [])).toEqual([[x, y]])
  const near = (place: readonly [number, number]): unknown => place.map((value) => expect.closeTo(value, 9))
  const labels = [label([[x + 6, y]]), label([[x, y + 9]]), label([undefined])]
  expect(placeByLabels(mesh, [7], labels)[0]).toEqual(near([x + 6 / 2.5, y + 9 / 2.5]))
})

test('a labeled face without a mesh places nothing', () => {
  expect(placeByLabels(mesh, [undefined], [createFace(BOX, 1)])).toEqual([undefined])
  expect(placeByLabels(mesh, [undefined], [updatePrelabels(createFace(BOX, 1), [[3, 4]])])).toEqual([undefined])
})
