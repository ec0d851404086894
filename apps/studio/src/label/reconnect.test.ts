import { beforeEach, expect, jest, test } from '@jest/globals'
import type { ImageRecord } from '../project/database.ts'
import { images, project } from '../project/project.ts'

/** What the user is to choose. */
const requests: string[] = []
const ask = (what: string) => async (): Promise<undefined> => void requests.push(what)
jest.unstable_mockModule('./choose-images.ts', () => ({
  chooseFolder: ask('folder'),
  chooseImages: ask('images'),
  drawImages: ask('nothing'),
  isDrawn: () => false,
}))
const { reconnect } = await import('./reconnect.ts')

beforeEach(() => {
  requests.length = 0
})

test.each([
  ['Images', ['1.png', '2.png'], 'images'],
  ['photos', ['1.png', '2.png'], 'folder'],
  ['Images', ['1.png', 'more/1.png'], 'folder'],
])('project %s of %j asks for the %s again', async (name, files, expected) => {
  const scheme = { name: 'one', pointNames: ['nose'], flipPairs: [], parts: [] }
  project.value = { id: 'p', name, scheme, createdAt: 0 }
  images.value = files.map(
    (file): ImageRecord => ({
      projectId: 'p',
      file,
      width: 0,
      height: 0,
      status: 'waiting',
      faces: [],
    }),
  )
  await reconnect()
  expect(requests).toEqual([expected])
})
