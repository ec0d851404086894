import { expect, jest, test } from '@jest/globals'
import type { ImageRecord } from '../project/database.ts'
import { createFace, type FaceLabel, movePoint } from '../project/labels.ts'
import { images, project, sources } from '../project/project.ts'
import type { FitRequest } from './protocol.ts'

/** Names of the faces of each fit. */
const fits: string[][] = []
jest.unstable_mockModule('./client.ts', () => ({
  callWorker: async (name: string, { faces }: Pick<FitRequest, 'faces'>) => {
    if (name === 'rank') return []
    fits.push(faces.map(({ id }) => id))
    return { model: {}, relativeError: 0.1, outliers: [], missed: [] }
  },
}))
const { startQuickFits } = await import('./quick-fit.ts')

const OPEN = createFace({ left: 0, top: 0, width: 10, height: 10 }, 1)
const CONFIRMED: FaceLabel = { ...movePoint(OPEN, 0, { x: 3, y: 4 }), isConfirmed: true }

function createImage(file: string, faces: readonly FaceLabel[]): ImageRecord {
  return { projectId: 'p', file, width: 10, height: 10, status: 'ready', faces }
}

test('labels are fitted again if a face has another place, by which results name it', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] })
  const scheme = { name: 'one', pointNames: ['nose'], flipPairs: [], parts: [] }
  project.value = { id: 'p', name: 'faces', scheme, createdAt: 0 }
  const others = ['b.png', 'c.png'].map((file) => createImage(file, [CONFIRMED]))
  images.value = [createImage('a.png', [OPEN, CONFIRMED]), ...others]
  sources.value = new Map(images.value.map(({ file }) => [file, async () => new File([], file)]))
  const stop = startQuickFits()
  await jest.advanceTimersByTimeAsync(5000)
  expect(fits).toEqual([['a.png#1', 'b.png#0', 'c.png#0']])
  images.value = [createImage('a.png', [CONFIRMED]), ...others]
  await jest.advanceTimersByTimeAsync(5000)
  expect(fits[1]).toEqual(['a.png#0', 'b.png#0', 'c.png#0'])
  stop()
  jest.useRealTimers()
})
