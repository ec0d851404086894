import { File } from 'node:buffer'
import { expect, test } from '@jest/globals'
import { isLandmarker, openLandmarker } from './open-landmarker.ts'

const createFile = (path: string, text = path): { path: string; file: globalThis.File } => ({
  path,
  file: new File([text], path.split('/').at(-1) as string) as unknown as globalThis.File,
})

test('the folder of a run has its landmarker inside, and its name', async () => {
  const files = ['run/summary.json', 'run/landmarker/landmarker.json', 'run/landmarker/weights.bin'].map((path) =>
    createFile(path),
  )
  expect(isLandmarker(files)).toBe(true)
  const choice = await openLandmarker(files)
  expect(choice).toMatchObject({ kind: 'own', name: 'run' })
  const { source } = choice as unknown as { source: Map<string, Uint8Array> }
  expect([...source].map(([name, bytes]) => [name, new TextDecoder().decode(bytes)])).toEqual([
    ['landmarker.json', 'run/landmarker/landmarker.json'],
    ['weights.bin', 'run/landmarker/weights.bin'],
  ])
})

test('a folder of its own, chosen files and a zip', async () => {
  expect(await openLandmarker([createFile('mine/landmarker.json')])).toMatchObject({ name: 'mine' })
  expect(await openLandmarker([createFile('landmarker.json')])).toMatchObject({ name: 'landmarker' })
  const zip = await openLandmarker([createFile('mine.zip', 'PK')])
  expect(zip).toMatchObject({ name: 'mine', source: Uint8Array.of(0x50, 0x4b) })
})

test('other files are an error that names them', async () => {
  expect(isLandmarker([createFile('a.jpg')])).toBe(false)
  await expect(openLandmarker([createFile('a.jpg')])).rejects.toMatchObject({
    code: 'LANDMARKER_FILE',
    received: 'a.jpg',
  })
})
