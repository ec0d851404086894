import { beforeEach, expect, jest, test } from '@jest/globals'
import { signal } from '@preact/signals'
import type { LandmarkingClient } from '../landmarking/client.ts'
import type { LandmarkerState } from '../landmarking/landmarker.ts'

const landmarkerState = signal<LandmarkerState>({ phase: 'idle' })
/** Loads the landmarker, or throws. */
let load: () => Promise<LandmarkingClient>
/** Number of images in which faces were searched. */
let searches = 0
jest.unstable_mockModule('../landmarking/landmarker.ts', () => ({ landmarkerState, useLandmarking: () => load() }))
jest.unstable_mockModule('./decode-bitmap.ts', () => ({ decodeBitmap: async () => ({ width: 4, height: 3 }) }))

/** Draws nothing. */
class EmptyCanvas {
  getContext(): object {
    return { drawImage: () => undefined }
  }
  async convertToBlob(): Promise<Blob> {
    return new Blob([])
  }
}
Object.assign(globalThis, { OffscreenCanvas: EmptyCanvas })
const { addImages, removeImages, tryImages } = await import('./try-images.ts')

const client = {
  async call() {
    searches++
    return { faces: [], milliseconds: 1 }
  },
} as unknown as LandmarkingClient

async function waitForSearches(): Promise<void> {
  while (tryImages.value.some(({ status }) => status === 'waiting')) await new Promise(setImmediate)
}

function addImage(): void {
  addImages([{ path: 'a.png', file: new File([], 'a.png', { type: 'image/png' }) }])
}

const loadFirst = async (): Promise<LandmarkingClient> => {
  const landmarker = { scheme: {}, backend: 'wasm', backendDetail: '', attempts: [] }
  landmarkerState.value = { phase: 'ready', landmarker } as unknown as LandmarkerState
  return client
}

beforeEach(() => {
  removeImages()
  searches = 0
})

test('images that failed since no landmarker could be loaded are searched once one is', async () => {
  load = () => Promise.reject(new Error('webgpu is lost'))
  addImage()
  await waitForSearches()
  expect(tryImages.value).toMatchObject([{ status: 'failed', error: 'webgpu is lost' }])
  let loading: Promise<LandmarkingClient> | undefined
  load = () => {
    loading ??= loadFirst()
    return loading
  }
  addImage()
  await waitForSearches()
  expect(tryImages.value.map(({ status, error }) => [status, error])).toEqual([
    ['done', undefined],
    ['done', undefined],
  ])
})

test('images are searched once by the landmarker that they wait for, and again by another one', async () => {
  load = async () => client
  addImage()
  await waitForSearches()
  expect(searches).toBe(1)
  await loadFirst()
  await waitForSearches()
  expect(searches).toBe(2)
})
