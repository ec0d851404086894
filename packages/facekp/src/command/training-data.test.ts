import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { facesSmall } from '@facekp/recipes'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { writeDrawnFaces } from '../../fixtures/drawn-faces.ts'
import { readTrainingData } from './training-data.ts'

let root = ''
const at = (name: string): string => join(root, name)

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'facekp-training-data-'))
  // Outer eye corners, tip of the nose, and corners of the mouth.
  await writeDrawnFaces(at('faces.json'), { seed: 1, count: 2, points: [36, 45, 30, 48, 54] })
  await writeDrawnFaces(at('reversed.json'), { seed: 1, count: 2, points: [54, 48, 30, 45, 36] })
  await writeDrawnFaces(at('other.json'), { seed: 1, count: 2, points: [8, 27] })
})
afterAll(() => rmSync(root, { recursive: true }))

const read = (name: string) => readTrainingData(at('faces.json'), { recipe: 'faces-small', test: at(name) }, facesSmall)

test('points of test images come by name, in the order of those to train on', async () => {
  const { train, test: tested } = await read('reversed.json')
  expect(tested.scheme).toEqual(train.scheme)
  for (const index of [0, 1]) expect((await tested.get(index)).keypoints).toEqual((await train.get(index)).keypoints)
})

test('test images with other points are an error', async () => {
  await expect(read('other.json')).rejects.toMatchObject({ code: 'POINTS_UNMATCHED', file: at('other.json') })
})
