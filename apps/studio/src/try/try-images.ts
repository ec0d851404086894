import { FacekpError } from '@facekp/core'
import type { LandmarkedFace } from '@facekp/landmarker'
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { describeError, isAbort } from '../app/describe-error.ts'
import { showError } from '../app/notices.ts'
import { isImageFile, type PathFile } from '../components/path-file.ts'
import type { Size } from '../components/viewport.ts'
import { landmarkerState, useLandmarking } from '../landmarking/landmarker.ts'
import type { LoadedLandmarker } from '../landmarking/protocol.ts'
import { decodeBitmap } from './decode-bitmap.ts'

/** An image that was opened in Try. */
export interface TryImage {
  readonly id: number
  readonly name: string
  readonly file: Blob
  readonly status: 'waiting' | 'done' | 'failed'
  readonly size?: Size
  /** Address of a small copy. */
  readonly thumbnail?: string
  readonly faces?: readonly LandmarkedFace[]
  readonly milliseconds?: number
  readonly error?: string
}

/** The images, in the order in which they were opened. */
export const tryImages: Signal<readonly TryImage[]> = signal([])

const selectedId: Signal<number | undefined> = signal(undefined)

/** The image on the stage. */
export const selectedImage: ReadonlySignal<TryImage | undefined> = computed(() =>
  tryImages.value.find(({ id }) => id === selectedId.value),
)

let nextId = 0
let isDetecting = false

/** Adds images, shows the first of them and finds their faces. */
export function addImages(files: readonly PathFile[]): void {
  const added = files
    .filter(isImageFile)
    .map(({ file }): TryImage => ({ id: nextId++, name: file.name, file, status: 'waiting' }))
  if (added.length === 0) {
    showError(noImageError(files))
    return
  }
  tryImages.value = [...tryImages.value, ...added]
  selectedId.value = added[0]?.id
  detectWaiting()
}

/** Shows an image. */
export function selectImage(id: number): void {
  selectedId.value = id
}

/** Shows the image that is `step` further. */
export function stepImage(step: number): void {
  const images = tryImages.peek()
  const index = images.findIndex(({ id }) => id === selectedId.peek())
  const next = images[Math.min(Math.max(index + step, 0), images.length - 1)]
  if (next) selectedId.value = next.id
}

/** Removes all images. */
export function removeImages(): void {
  for (const { thumbnail } of tryImages.peek()) if (thumbnail) URL.revokeObjectURL(thumbnail)
  tryImages.value = []
  selectedId.value = undefined
}

/** The landmarker by which the faces were found. */
let lastLandmarker: LoadedLandmarker | undefined

// What another landmarker finds replaces what was found. Images fail if no landmarker could be loaded before.
landmarkerState.subscribe((state) => {
  if (state.phase !== 'ready' || state.landmarker === lastLandmarker) return
  const isAnother = lastLandmarker !== undefined || tryImages.peek().some(({ status }) => status === 'failed')
  lastLandmarker = state.landmarker
  if (isAnother) detectAgain()
})

function detectAgain(): void {
  tryImages.value = tryImages.peek().map(({ faces: _, error: __, ...image }) => ({ ...image, status: 'waiting' }))
  detectWaiting()
}

async function detectWaiting(): Promise<void> {
  if (isDetecting) return
  isDetecting = true
  try {
    for (;;) {
      const waiting = tryImages.peek().filter(({ status }) => status === 'waiting')
      const image = waiting.find(({ id }) => id === selectedId.peek()) ?? waiting[0]
      if (!image) return
      const result = await detectImage(image).catch((error: unknown): Partial<TryImage> => {
        // Another landmarker has taken the place of the one that was at work.
        if (isAbort(error)) return {}
        const { title, detail } = describeError(error)
        return { status: 'failed', error: [title, detail].filter(Boolean).join('. ') }
      })
      tryImages.value = tryImages.peek().map((other) => (other === image ? { ...other, ...result } : other))
    }
  } finally {
    isDetecting = false
  }
}

async function detectImage({ file, thumbnail }: TryImage): Promise<Partial<TryImage>> {
  const client = await useLandmarking()
  const bitmap = await decodeBitmap(file)
  const size = { width: bitmap.width, height: bitmap.height }
  const small = thumbnail ?? (await createThumbnail(bitmap))
  const { faces, milliseconds } = await client.call('detect', { image: bitmap })
  return { status: 'done', size, thumbnail: small, faces, milliseconds }
}

const THUMBNAIL_HEIGHT = 112

async function createThumbnail(bitmap: ImageBitmap): Promise<string> {
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round((THUMBNAIL_HEIGHT * bitmap.width) / bitmap.height)),
    THUMBNAIL_HEIGHT,
  )
  const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D
  context.imageSmoothingQuality = 'high'
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  return URL.createObjectURL(await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.8 }))
}

function noImageError(files: readonly PathFile[]): FacekpError {
  return new FacekpError({
    code: 'IMAGE_SOURCE',
    problem: 'no image among these files',
    expected: 'JPEG, PNG, WebP or another format of this browser; or a landmarker, as a folder or a zip',
    received: files
      .slice(0, 4)
      .map(({ path }) => path)
      .join(', '),
  })
}
