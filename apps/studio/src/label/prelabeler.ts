import type { Keypoints } from '@facekp/core'
import { type LandmarkerModel, predictFromMeshes } from '@facekp/landmarker'
import { computed, effect, type ReadonlySignal, type Signal, signal, untracked } from '@preact/signals'
import { describeError } from '../app/describe-error.ts'
import { callWorker } from '../fit/client.ts'
import type { DetectedFace } from '../fit/protocol.ts'
import { assignMeshes } from '../project/assign-meshes.ts'
import type { ImageRecord } from '../project/database.ts'
import { createFace, type FaceLabel, updatePrelabels } from '../project/labels.ts'
import { findMeshPoints, type Places, placeByLabels } from '../project/prelabel.ts'
import { currentFile, images, isReadOnly, project, sources, updateImages } from '../project/project.ts'
import { store, useDatabase } from '../project/storage.ts'

/** The model that pre-labels; undefined until enough images are labeled. */
export const quickModel: Signal<LandmarkerModel | undefined> = signal(undefined)

/** Addresses of small copies of the images, by their paths. */
export const thumbnails: Signal<ReadonlyMap<string, string>> = signal(new Map())

/** Images whose faces are still to be searched, and that can be read. */
export const waitingImages: ReadonlySignal<readonly ImageRecord[]> = computed(() =>
  images.value.filter(({ file, status }) => status === 'waiting' && sources.value.has(file)),
)

let isSearching = false

/** Searches faces while there are images that wait, the one on screen first, and keeps the points of that image up to date. */
export function startPrelabeling(): () => void {
  const stopSearching = effect(() => {
    if (waitingImages.value.length > 0 && !isReadOnly.value) searchWaiting()
  })
  const stopPlacing = effect(() => {
    const file = currentFile.value
    const model = quickModel.value
    if (file !== undefined && !isReadOnly.value) untracked(() => placePoints(file, model))
  })
  return () => {
    stopSearching()
    stopPlacing()
  }
}

async function searchWaiting(): Promise<void> {
  if (isSearching) return
  isSearching = true
  try {
    for (;;) {
      const waiting = waitingImages.peek()
      const image = waiting.find(({ file }) => file === currentFile.peek()) ?? waiting[0]
      if (!image || isReadOnly.peek()) return
      await searchImage(image)
    }
  } finally {
    isSearching = false
  }
}

async function searchImage({ projectId, file }: ImageRecord): Promise<void> {
  const getChange = async (): Promise<(latest: ImageRecord) => ImageRecord> => {
    try {
      const source = sources.peek().get(file)
      const { width, height, faces, thumbnail } = await callWorker('findFaces', await (source as () => Promise<File>)())
      showThumbnail(projectId, file, thumbnail)
      store((database) => database.writeThumbnail(projectId, file, thumbnail))
      return (latest) => ({ ...latest, width, height, status: 'ready', faces: mergeFaces(latest.faces, faces) })
    } catch (error) {
      const { title, detail } = describeError(error)
      return (latest) => ({ ...latest, status: 'failed', problem: [title, detail].filter(Boolean).join('. ') })
    }
  }
  const change = await getChange()
  // The project may have been closed, and its labels may have changed.
  const latest = images.peek().find((image) => image.file === file && image.projectId === projectId)
  if (latest) updateImages([change(latest)])
}

/** Adds detected faces to an image. Faces that it has already, such as imported ones, get their meshes. */
function mergeFaces(labeled: readonly FaceLabel[], detected: readonly DetectedFace[]): FaceLabel[] {
  if (labeled.length > 0) return assignMeshes(labeled, detected)
  const scheme = project.peek()?.scheme
  if (!scheme) return []
  return detected.map(({ box, mesh }) => {
    const face = createFace(box, scheme.pointNames.length, mesh)
    return updatePrelabels(face, placeOnMesh(mesh, quickModel.peek()))
  })
}

/** Places the points of a face by the fit to the labels; before there is one, by their names and as on the faces that were labeled. */
function placeOnMesh(mesh: Keypoints, model: LandmarkerModel | undefined): Places {
  const scheme = project.peek()?.scheme
  if (!scheme) return []
  if (model && model.scheme.pointNames.length === scheme.pointNames.length) {
    const [points] = predictFromMeshes(model, [mesh])
    if (points) return scheme.pointNames.map((_, i) => [points[2 * i] as number, points[2 * i + 1] as number])
  }
  const labeled = images.peek().flatMap(({ faces }) => faces.filter(({ isConfirmed }) => isConfirmed))
  return placeByLabels(mesh, findMeshPoints(scheme), labeled)
}

/** Places the points of an image that no person has touched. */
function placePoints(file: string, model: LandmarkerModel | undefined): void {
  const image = images.peek().find((other) => other.file === file)
  if (!image) return
  const faces = image.faces.map((face) => (face.mesh ? updatePrelabels(face, placeOnMesh(face.mesh, model)) : face))
  const isChanged = faces.some((face, i) => JSON.stringify(face.points) !== JSON.stringify(image.faces[i]?.points))
  if (isChanged) updateImages([{ ...image, faces }])
}

/** Shows the small copy of an image that was stored. */
export async function loadThumbnails(): Promise<void> {
  const record = project.peek()
  if (!record) return
  const database = await useDatabase()
  for (const { file, status } of images.peek()) {
    if (status !== 'ready' || thumbnails.peek().has(file)) continue
    const thumbnail = await database?.readThumbnail(record.id, file)
    if (thumbnail) showThumbnail(record.id, file, thumbnail)
  }
}

function showThumbnail(projectId: string, file: string, thumbnail: Blob): void {
  if (project.peek()?.id !== projectId) return
  const replaced = thumbnails.peek().get(file)
  if (replaced !== undefined) URL.revokeObjectURL(replaced)
  thumbnails.value = new Map([...thumbnails.peek(), [file, URL.createObjectURL(thumbnail)]])
}

/** Frees the small copies of a project that is closed. */
export function clearThumbnails(): void {
  for (const address of thumbnails.peek().values()) URL.revokeObjectURL(address)
  thumbnails.value = new Map()
  quickModel.value = undefined
}
