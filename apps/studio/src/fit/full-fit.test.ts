import { expect, jest, test } from '@jest/globals'
import type { ImageRecord } from '../project/database.ts'
import { createFace, type FaceLabel, movePoint } from '../project/labels.ts'
import { fit, images, project, sources } from '../project/project.ts'

jest.unstable_mockModule('./client.ts', () => ({
  callWorker: async () => ({ model: {}, relativeError: 0.1, outliers: [], missed: [] }),
}))
const { clearFits, isFitStale, runFullFit } = await import('./full-fit.ts')

const OPEN = createFace({ left: 0, top: 0, width: 10, height: 10 }, 1)
const CONFIRMED: FaceLabel = { ...movePoint(OPEN, 0, { x: 3, y: 4 }), isConfirmed: true }

function showFaces(...faces: readonly FaceLabel[]): void {
  const image: ImageRecord = { projectId: 'p', file: 'a.png', width: 10, height: 10, status: 'ready', faces }
  images.value = [image]
}

test('a landmarker is stale once labels come or are corrected after its fit', async () => {
  const scheme = { name: 'one', pointNames: ['nose'], flipPairs: [], parts: [] }
  project.value = { id: 'p', name: 'faces', scheme, createdAt: 0 }
  sources.value = new Map([['a.png', async () => new File([], 'a.png')]])
  showFaces(CONFIRMED)
  expect(isFitStale.value).toBe(false)
  await runFullFit()
  expect([fit.value?.faces, isFitStale.value]).toEqual([1, false])
  showFaces(CONFIRMED, OPEN)
  expect(isFitStale.value).toBe(false)
  showFaces(CONFIRMED, CONFIRMED)
  expect(isFitStale.value).toBe(true)
  const corrected = movePoint(CONFIRMED, 0, { x: 3, y: 5 })
  showFaces(corrected)
  expect(isFitStale.value).toBe(true)
  await runFullFit()
  expect(isFitStale.value).toBe(false)
  // Opened again: what its labels were is not known.
  clearFits()
  showFaces(CONFIRMED)
  expect(isFitStale.value).toBe(false)
})
