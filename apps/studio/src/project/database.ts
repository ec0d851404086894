import type { KeypointScheme } from '@facekp/core'
import type { LandmarkerModel } from '@facekp/landmarker'
import type { FaceLabel } from './labels.ts'

/** A labeling project. */
export interface ProjectRecord {
  readonly id: string
  readonly name: string
  readonly scheme: KeypointScheme
  /** Milliseconds since 1970. */
  readonly createdAt: number
  /** The folder of the images, if the browser can open it again. */
  readonly folder?: FileSystemDirectoryHandle | undefined
}

/** An image of a project, without its pixels. */
export interface ImageRecord {
  readonly projectId: string
  /** Path in the folder of the images. */
  readonly file: string
  /** In pixels, turned by its EXIF orientation; 0 until the image was read. */
  readonly width: number
  readonly height: number
  /** `waiting` until its faces were searched; `failed` if it cannot be read. */
  readonly status: 'waiting' | 'ready' | 'failed'
  readonly problem?: string | undefined
  readonly faces: readonly FaceLabel[]
}

/** The landmarker that was fitted to a project. */
export interface FitRecord {
  readonly projectId: string
  readonly model: LandmarkerModel
  /** Number of faces that it was fitted to. */
  readonly faces: number
}

/** Everything that is stored of a project. */
export interface StoredProject {
  /** Undefined if it was deleted. */
  readonly project: ProjectRecord | undefined
  readonly images: readonly ImageRecord[]
  readonly fit: FitRecord | undefined
}

/** Projects that outlive the page. */
export interface ProjectDatabase {
  readonly listProjects: () => Promise<ProjectRecord[]>
  readonly readProject: (id: string) => Promise<StoredProject>
  readonly writeProject: (project: ProjectRecord) => Promise<void>
  readonly deleteProject: (id: string) => Promise<void>
  readonly writeImages: (images: readonly ImageRecord[]) => Promise<void>
  readonly writeFit: (fit: FitRecord) => Promise<void>
  readonly readThumbnail: (projectId: string, file: string) => Promise<Blob | undefined>
  readonly writeThumbnail: (projectId: string, file: string, thumbnail: Blob) => Promise<void>
}

const NAME = 'facekp-studio'
const VERSION = 1
const STORES = ['projects', 'images', 'fits', 'thumbnails'] as const
type StoreName = (typeof STORES)[number]

/**
 * Opens the database of the page.
 *
 * @throws DOMException if the browser stores nothing, as some do in private windows
 */
export async function openDatabase(): Promise<ProjectDatabase> {
  const database = await open()
  // Async: once the browser has closed the database, a transaction throws at once, where no caller expects it.
  const read = async <Result>(store: StoreName, ask: (store: IDBObjectStore) => IDBRequest): Promise<Result> =>
    settle(ask(database.transaction(store).objectStore(store)))
  const write = async (
    stores: StoreName | readonly StoreName[],
    change: (transaction: IDBTransaction) => void,
  ): Promise<void> => commit(database.transaction(stores as string[], 'readwrite'), change)
  return {
    listProjects: () => read('projects', (store) => store.getAll()),
    async readProject(id) {
      const project = await read<ProjectRecord | undefined>('projects', (store) => store.get(id))
      const images = await read<ImageRecord[]>('images', (store) => store.getAll(createRange(id)))
      const fit = await read<FitRecord | undefined>('fits', (store) => store.get(id))
      return { project, images, fit }
    },
    writeProject: (project) => write('projects', (transaction) => transaction.objectStore('projects').put(project)),
    deleteProject: (id) =>
      write(STORES, (transaction) => {
        transaction.objectStore('projects').delete(id)
        transaction.objectStore('fits').delete(id)
        transaction.objectStore('images').delete(createRange(id))
        transaction.objectStore('thumbnails').delete(createRange(id))
      }),
    writeImages: (images) =>
      write('images', (transaction) => {
        for (const image of images) transaction.objectStore('images').put(image)
      }),
    writeFit: (fit) => write('fits', (transaction) => transaction.objectStore('fits').put(fit)),
    readThumbnail: (projectId, file) => read('thumbnails', (store) => store.get([projectId, file])),
    writeThumbnail: (projectId, file, thumbnail) =>
      write('thumbnails', (transaction) => transaction.objectStore('thumbnails').put(thumbnail, [projectId, file])),
  }
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, VERSION)
  request.onupgradeneeded = () => {
    request.result.createObjectStore('projects', { keyPath: 'id' })
    request.result.createObjectStore('images', { keyPath: ['projectId', 'file'] })
    request.result.createObjectStore('fits', { keyPath: 'projectId' })
    request.result.createObjectStore('thumbnails')
  }
  return settle(request)
}

/** All keys that begin with the id of a project: arrays come after all texts. */
function createRange(projectId: string): IDBKeyRange {
  return IDBKeyRange.bound([projectId], [projectId, []])
}

function settle<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

/** Commits at once: a change must survive a tab that is closed in the next moment. */
function commit(transaction: IDBTransaction, change: (transaction: IDBTransaction) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error)
    change(transaction)
    transaction.commit()
  })
}
