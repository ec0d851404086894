import { beforeEach, expect, jest, test } from '@jest/globals'
import { notices } from '../app/notices.ts'
import type { ImageRecord } from '../project/database.ts'
import { createFace, type FaceLabel, movePoint } from '../project/labels.ts'
import { images, isReadOnly, project, sources } from '../project/project.ts'

const saved: { name: string; content: Blob }[] = []
jest.unstable_mockModule('../components/save-file.ts', () => ({
  saveFile: (content: Blob, name: string) => saved.push({ name, content }),
}))
const { importFiles, saveLabels } = await import('./exchange-labels.ts')

// Decodes every image as one of 640 x 480.
Object.assign(globalThis, { createImageBitmap: async () => ({ width: 640, height: 480, close: () => undefined }) })

const CONFIRMED: FaceLabel = {
  ...movePoint(createFace({ left: 0, top: 0, width: 10, height: 10 }, 1), 0, { x: 3, y: 4 }),
  isConfirmed: true,
}

/** Creates an image whose faces have been searched, or one that was not read yet. */
function createImage(file: string, isRead: boolean, faces: readonly FaceLabel[]): ImageRecord {
  const size = isRead ? { width: 200, height: 150 } : { width: 0, height: 0 }
  return { projectId: 'p', file, ...size, status: isRead ? 'ready' : 'waiting', faces }
}

beforeEach(() => {
  saved.length = 0
  notices.value = []
  isReadOnly.value = false
  const scheme = { name: 'one', pointNames: ['nose'], flipPairs: [], parts: [] }
  project.value = { id: 'p', name: 'faces', scheme, createdAt: 0 }
  sources.value = new Map([['b.png', async () => new File([], 'b.png')]])
})

test('labels of images that were not read yet, such as imported ones, are exported', async () => {
  images.value = [
    createImage('a.png', true, [CONFIRMED]),
    createImage('b.png', false, [CONFIRMED]),
    createImage('unlabeled.png', false, []),
  ]
  await saveLabels('coco', false)
  const coco = JSON.parse((await saved[0]?.content.text()) ?? '')
  expect(coco.images).toEqual([
    { id: 1, file_name: 'a.png', width: 200, height: 150 },
    { id: 2, file_name: 'b.png', width: 640, height: 480 },
  ])
  expect(coco.annotations).toHaveLength(2)
  expect(notices.value).toEqual([])
})

test('labels of an image that cannot be read are missing, and the image is named', async () => {
  images.value = [createImage('a.png', true, [CONFIRMED]), createImage('gone.png', false, [CONFIRMED])]
  await saveLabels('coco', false)
  const coco = JSON.parse((await saved[0]?.content.text()) ?? '')
  expect(coco.images).toHaveLength(1)
  expect(notices.value).toMatchObject([
    { kind: 'error', title: 'Labels are missing in one-coco.json', detail: expect.stringContaining('gone.png') },
  ])
})

test('faces that are not confirmed are exported on demand', async () => {
  images.value = [createImage('a.png', true, [{ ...CONFIRMED, isConfirmed: false }])]
  for (const isAll of [false, true]) await saveLabels('coco', isAll)
  const counts = await Promise.all(
    saved.map(async ({ content }) => JSON.parse(await content.text()).annotations.length),
  )
  expect(counts).toEqual([0, 1])
})

test('an import changes nothing, and says so, while another tab has the project open', async () => {
  images.value = [createImage('a.png', true, [CONFIRMED])]
  await saveLabels('coco', false)
  const { name = '', content = new Blob() } = saved[0] ?? {}
  const files = [{ path: name, file: new File([content], name) }]
  images.value = [createImage('a.png', true, [])]
  isReadOnly.value = true
  await importFiles(files)
  expect(images.value[0]?.faces).toEqual([])
  expect(notices.value).toMatchObject([{ kind: 'error', title: 'Nothing was imported' }])
  // The message of a success goes by itself, after the test.
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] })
  isReadOnly.value = false
  await importFiles(files)
  jest.useRealTimers()
  expect(images.value[0]?.faces).toHaveLength(1)
})

test('an import changes nothing if another project was opened meanwhile', async () => {
  images.value = [createImage('a.png', true, [CONFIRMED])]
  await saveLabels('coco', false)
  const { name = '', content = new Blob() } = saved[0] ?? {}
  images.value = [createImage('a.png', true, [])]
  const importing = importFiles([{ path: name, file: new File([content], name) }])
  project.value = { ...project.value, id: 'q' } as typeof project.value
  await importing
  expect([images.value[0]?.faces, notices.value]).toEqual([[], []])
})
