import { beforeEach, expect, jest, test } from '@jest/globals'
import { notices } from '../app/notices.ts'
import type { ImageRecord, ProjectRecord, StoredProject } from './database.ts'
import { createFace, movePoint } from './labels.ts'

const FACE = createFace({ left: 0, top: 0, width: 10, height: 10 }, 1)
const LABELED = { ...movePoint(FACE, 0, { x: 3, y: 4 }), isConfirmed: true }

function createImage(file: string, face: ImageRecord['faces'][number]): ImageRecord {
  return { projectId: 'p', file, width: 10, height: 10, status: 'ready', faces: [face] }
}

const STORED: StoredProject = {
  project: {
    id: 'p',
    name: 'faces',
    scheme: { name: 'one', pointNames: ['nose'], flipPairs: [], parts: [] },
    createdAt: 0,
  },
  images: [createImage('a.jpg', FACE)],
  fit: undefined,
}

/** What the database holds. */
let stored = STORED

/** Says that this tab may change the project, or that another one has it open. */
let setOwner: (isOwner: boolean) => void = () => undefined
/** Whether another tab has the project open that is deleted. */
let isLocked = false
/** Number of locks that were given back. */
let releases = 0
jest.unstable_mockModule('./project-lock.ts', () => ({
  runWithLock: async (_id: string, action: () => void) => {
    if (!isLocked) action()
    return !isLocked
  },
  lockProject: (_id: string, onChange: (isOwner: boolean) => void) => {
    setOwner = onChange
    return { release: () => void releases++ }
  },
}))
/** Projects that were deleted from the database. */
const deleted: string[] = []
/** Why the database cannot be read. */
let readError: Error | undefined
const database = {
  readProject: async () => {
    if (readError) throw readError
    return stored
  },
  writeProject: async () => undefined,
  writeImages: async () => undefined,
  deleteProject: async (id: string) => void deleted.push(id),
}
/** What waits until the changes are stored; undefined if all are. */
let waiting: (() => void)[] | undefined
jest.unstable_mockModule('./storage.ts', () => ({
  runWhenStored: (action: () => void) => (waiting ? waiting.push(action) : action()),
  prepareStorage: async () => undefined,
  store: (write: (target: typeof database) => Promise<void>) => void write(database),
  useDatabase: async () => database,
}))
const {
  changeFaces,
  closeProject,
  confirmedCount,
  confirmedImageCount,
  connectSources,
  createProject,
  deleteProject,
  images,
  isOpenElsewhere,
  isReadOnly,
  openProject,
  project,
  redo,
  undo,
  updateImages,
} = await import('./project.ts')

beforeEach(() => {
  stored = STORED
})

test('a tab that takes a project over reads what the other tab stored before it may change anything', async () => {
  await openProject('p')
  setOwner(false)
  expect([isReadOnly.value, isOpenElsewhere.value]).toEqual([true, true])
  // Images that are opened meanwhile become a part of the project later.
  connectSources(new Map([['new.jpg', async () => new File([], 'new.jpg')]]))
  expect(images.value).toEqual(STORED.images)
  // The other tab labels the face, adds an image in front, and is closed.
  stored = { ...stored, images: [createImage('a.jpg', LABELED), createImage('0.jpg', FACE)] }
  setOwner(true)
  expect(isReadOnly.value).toBe(true)
  await new Promise(setImmediate)
  expect(isReadOnly.value || isOpenElsewhere.value).toBe(false)
  const added: ImageRecord = { projectId: 'p', file: 'new.jpg', width: 0, height: 0, status: 'waiting', faces: [] }
  expect(images.value).toEqual([createImage('0.jpg', FACE), createImage('a.jpg', LABELED), added])
})

test('a tab that takes a project over and cannot read it closes it and says so', async () => {
  await openProject('p')
  setOwner(false)
  releases = 0
  readError = new Error('the database connection is closing')
  setOwner(true)
  await new Promise(setImmediate)
  readError = undefined
  expect([project.value, isReadOnly.value, releases]).toEqual([undefined, false, 1])
  expect(notices.value).toMatchObject([
    { kind: 'error', title: 'faces was closed, since it cannot be read: the database connection is closing' },
  ])
})

test('a tab that takes a project over which the other tab has deleted closes it and says so', async () => {
  await openProject('p')
  setOwner(false)
  releases = 0
  notices.value = []
  // The other tab deletes the project before it gives the lock back.
  stored = { project: undefined, images: [], fit: undefined }
  setOwner(true)
  await new Promise(setImmediate)
  expect([project.value, images.value, releases]).toEqual([undefined, [], 1])
  expect(notices.value).toMatchObject([{ kind: 'error', title: 'faces was closed: another tab has deleted it' }])
})

test('faces of one image are counted as one image', async () => {
  stored = { ...stored, images: [{ ...createImage('a.jpg', LABELED), faces: [LABELED, LABELED, FACE] }] }
  await openProject('p')
  expect([confirmedCount.value, confirmedImageCount.value]).toEqual([2, 1])
})

test('an image whose faces were searched after a change waits again once the change is undone or redone', async () => {
  const waiting: ImageRecord = { ...createImage('a.jpg', FACE), status: 'waiting', faces: [] }
  stored = { ...stored, images: [waiting] }
  await openProject('p')
  setOwner(true)
  // An import, before the search for faces, which gives the imported face its mesh.
  changeFaces('a.jpg', [LABELED])
  const searched: ImageRecord = createImage('a.jpg', { ...LABELED, mesh: new Float32Array(936) })
  updateImages([searched])
  changeFaces('a.jpg', [FACE])
  undo()
  expect(images.value).toEqual([searched])
  undo()
  expect(images.value).toEqual([waiting])
  redo()
  expect(images.value).toEqual([{ ...waiting, faces: [LABELED] }])
  redo()
  expect(images.value).toEqual([createImage('a.jpg', FACE)])
})

test('images that could not be read wait once more when they are opened again', async () => {
  const failed: ImageRecord = { ...createImage('a.jpg', LABELED), status: 'failed', problem: 'the disk was removed' }
  stored = { ...stored, images: [failed, { ...failed, file: 'b.jpg' }] }
  await openProject('p')
  setOwner(true)
  connectSources(new Map([['a.jpg', async () => new File([], 'a.jpg')]]))
  expect(images.value).toEqual([
    { ...createImage('a.jpg', LABELED), status: 'waiting' },
    { ...failed, file: 'b.jpg' },
  ])
})

test('a page without https creates projects, each with an id of its own', async () => {
  // What such pages lack.
  Object.defineProperty(crypto, 'randomUUID', { value: undefined })
  Object.assign(globalThis, { navigator: {} })
  const ids: (string | undefined)[] = []
  for (const name of ['a', 'b']) {
    const { scheme } = STORED.project as ProjectRecord
    await createProject({ name, scheme, sources: new Map([['1.png', async () => new File([], '1.png')]]) })
    ids.push(project.value?.id)
    expect(images.value.map(({ file, projectId }) => [file, projectId])).toEqual([['1.png', project.value?.id]])
  }
  expect(ids).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), expect.stringMatching(/^[0-9a-f]{32}$/)])
  expect(new Set(ids).size).toBe(2)
})

test('a project that another tab has deleted cannot be opened', async () => {
  closeProject()
  stored = { project: undefined, images: [], fit: undefined }
  await expect(openProject('p')).rejects.toThrow('another tab has deleted it')
  expect(project.value).toBeUndefined()
})

test('a project is deleted unless another tab has it open', async () => {
  isLocked = true
  expect([await deleteProject('p'), deleted]).toEqual([false, []])
  isLocked = false
  expect([await deleteProject('p'), deleted]).toEqual([true, ['p']])
})

test('other tabs may change a closed project once its changes are stored; this one may delete it before', async () => {
  closeProject()
  deleted.length = 0
  waiting = []
  await openProject('p')
  setOwner(true)
  releases = 0
  closeProject()
  expect(releases).toBe(0)
  isLocked = true
  expect([await deleteProject('p'), await deleteProject('q'), deleted]).toEqual([true, false, ['p']])
  for (const action of waiting) action()
  expect(releases).toBe(1)
  expect([await deleteProject('p'), deleted]).toEqual([false, ['p']])
})

test('a tab that may not change a project lets it go at once', async () => {
  closeProject()
  waiting = []
  await openProject('p')
  setOwner(false)
  releases = 0
  closeProject()
  expect([releases, waiting.length]).toEqual([1, 0])
})
