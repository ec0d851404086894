import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { describeError } from '../app/describe-error.ts'
import { showNotice } from '../app/notices.ts'
import type { FitRecord, ImageRecord, ProjectRecord } from './database.ts'
import { addChange, EMPTY_HISTORY, type History, redoChange, undoChange } from './history.ts'
import type { ImageSource, ImageSources } from './image-sources.ts'
import type { FaceLabel } from './labels.ts'
import { lockProject, type ProjectLock, runWithLock } from './project-lock.ts'
import { prepareStorage, runWhenStored, store, useDatabase } from './storage.ts'

/** The project that is open. */
export const project: Signal<ProjectRecord | undefined> = signal(undefined)

/** Its images, in their order. */
export const images: Signal<readonly ImageRecord[]> = signal([])

/** Its fitted landmarker. */
export const fit: Signal<FitRecord | undefined> = signal(undefined)

/** Where the images are, as far as this page may read them. */
export const sources: Signal<ImageSources> = signal(new Map())

/** Path of the image that is shown. */
export const currentFile: Signal<string | undefined> = signal(undefined)

/** Whether this tab must not change the project: until it knows that no other tab has it open. */
export const isReadOnly: Signal<boolean> = signal(false)

/** Whether another tab has the project open, or this one closed it before and has not stored its changes yet. */
export const isOpenElsewhere: Signal<boolean> = signal(false)

/** What a change of labels replaces: an image that was waiting then waits again once the change is undone. */
type ImageLabels = Pick<ImageRecord, 'faces' | 'status'>

/** Changes of labels that can be undone and redone. */
export const history: Signal<History<ImageLabels>> = signal(EMPTY_HISTORY)

/** The image that is shown. */
export const currentImage: ReadonlySignal<ImageRecord | undefined> = computed(() =>
  images.value.find(({ file }) => file === currentFile.value),
)

/** Number of confirmed faces. */
export const confirmedCount: ReadonlySignal<number> = computed(() =>
  images.value.reduce((sum, { faces }) => sum + faces.filter(({ isConfirmed }) => isConfirmed).length, 0),
)

/** Number of images with a confirmed face: a fit needs some, whatever the number of their faces. */
export const confirmedImageCount: ReadonlySignal<number> = computed(
  () => images.value.filter(({ faces }) => faces.some(({ isConfirmed }) => isConfirmed)).length,
)

let lock: ProjectLock | undefined

/** Ids of closed projects whose changes are still to be stored, and whose locks this tab therefore has. */
const unstored = new Set<string>()

/** Creates a project and opens it. */
export async function createProject(
  options: Pick<ProjectRecord, 'name' | 'scheme' | 'folder'> & { readonly sources: ImageSources },
): Promise<void> {
  await prepareStorage()
  const { name, scheme, folder } = options
  const record: ProjectRecord = { id: createId(), name, scheme, folder, createdAt: Date.now() }
  const created = [...options.sources.keys()].map((file) => createImage(record.id, file))
  store((database) => database.writeProject(record))
  store((database) => database.writeImages(created))
  // Asks the browser not to clear the labels when space runs low.
  navigator.storage?.persist?.().catch(() => undefined)
  show(record, created, undefined)
  sources.value = options.sources
}

/** Creates an id. Pages without https lack `crypto.randomUUID`. */
function createId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/**
 * Opens a stored project, without its images: {@link connectSources} brings them.
 *
 * @throws Error if another tab has deleted it
 */
export async function openProject(id: string): Promise<void> {
  await prepareStorage()
  const stored = await (await useDatabase())?.readProject(id)
  if (!stored) return
  if (!stored.project) throw new Error('The project is gone: another tab has deleted it.')
  show(stored.project, stored.images, stored.fit)
}

function show(record: ProjectRecord, records: readonly ImageRecord[], fitted: FitRecord | undefined): void {
  closeProject()
  project.value = record
  images.value = sortImages(records)
  fit.value = fitted
  const next = images.value.find(({ faces }) => !faces.some(({ isConfirmed }) => isConfirmed)) ?? images.value[0]
  currentFile.value = next?.file
  isReadOnly.value = true
  lock = lockProject(record.id, (isOwner) => {
    if (isOwner && isOpenElsewhere.value) {
      takeOver(record).catch((error: unknown) => giveUp(record, error))
      return
    }
    isOpenElsewhere.value = !isOwner
    isReadOnly.value = !isOwner
  })
}

function sortImages(records: readonly ImageRecord[]): ImageRecord[] {
  const { compare } = new Intl.Collator('en', { numeric: true })
  return records.toSorted((a, b) => compare(a.file, b.file))
}

/**
 * Lets this tab change a project that another one had open. It first reads what that one has stored: changes of older labels would replace
 * it.
 */
async function takeOver(record: ProjectRecord): Promise<void> {
  const stored = await (await useDatabase())?.readProject(record.id)
  // The project may have been closed in the meantime.
  if (project.peek() !== record) return
  if (stored && !stored.project) {
    closeProject()
    showNotice({ kind: 'error', title: `${record.name} was closed: another tab has deleted it` })
    return
  }
  // The browser may store nothing.
  if (stored) {
    images.value = sortImages(stored.images)
    fit.value = stored.fit
    currentFile.value ??= images.peek()[0]?.file
    history.value = EMPTY_HISTORY
  }
  isOpenElsewhere.value = false
  isReadOnly.value = false
  // Images that were opened while this tab might not change the project.
  connectSources(sources.peek())
}

/** Closes a project whose newest labels cannot be read: changes of those on screen would replace them. */
function giveUp(record: ProjectRecord, error: unknown): void {
  if (project.peek() !== record) return
  closeProject()
  const { title } = describeError(error)
  const detail = 'Its labels are as the other tab left them. Open it again, or reload the page.'
  showNotice({ kind: 'error', title: `${record.name} was closed, since it cannot be read: ${title}`, detail })
}

/** Closes the project; it stays stored. */
export function closeProject(): void {
  releaseLock()
  project.value = undefined
  images.value = []
  fit.value = undefined
  sources.value = new Map()
  currentFile.value = undefined
  isReadOnly.value = false
  isOpenElsewhere.value = false
  history.value = EMPTY_HISTORY
}

/** Lets another tab change the project, once what was changed here is stored: stored later, it would replace newer labels. */
function releaseLock(): void {
  const id = project.peek()?.id
  if (!lock || id === undefined) return
  const { release } = lock
  lock = undefined
  if (isReadOnly.peek()) {
    release()
    return
  }
  unstored.add(id)
  runWhenStored(() => {
    unstored.delete(id)
    release()
  })
}

/**
 * Deletes a stored project with its labels. A tab that has it open would go on storing labels that belong to no project.
 *
 * @returns false, without a change, if another tab has it open
 */
export async function deleteProject(id: string): Promise<boolean> {
  await prepareStorage()
  // In the order of the other changes, some of which may have to be stored again.
  const remove = (): void => store((database) => database.deleteProject(id))
  if (!unstored.has(id)) return runWithLock(id, remove)
  remove()
  return true
}

/** Brings images to the project: those that it knows by their paths, and new ones. Images that could not be read wait once more. */
export function connectSources(added: ImageSources): void {
  const record = project.peek()
  if (!record) return
  sources.value = new Map([...sources.peek(), ...added])
  const failed = images.peek().filter(({ file, status }) => status === 'failed' && added.has(file))
  updateImages(failed.map((image) => ({ ...image, status: 'waiting', problem: undefined })))
  const known = new Set(images.peek().map(({ file }) => file))
  const created = [...added.keys()].filter((file) => !known.has(file)).map((file) => createImage(record.id, file))
  if (created.length === 0 || isReadOnly.peek()) return
  images.value = [...images.peek(), ...created]
  currentFile.value ??= created[0]?.file
  store((database) => database.writeImages(created))
}

/** Returns what reads an image; undefined if the page may not. */
export function getSource(file: string): ImageSource | undefined {
  return sources.peek().get(file)
}

/** Replaces what is known of images, outside of the history: sizes, and labels that the page placed. */
export function updateImages(changed: readonly ImageRecord[]): void {
  if (changed.length === 0 || isReadOnly.peek()) return
  const byFile = new Map(changed.map((image) => [image.file, image]))
  images.value = images.peek().map((image) => byFile.get(image.file) ?? image)
  store((database) => database.writeImages(changed))
}

/**
 * Changes the faces of an image, as a person does: it can be undone.
 *
 * @param group changes of an image with the same group are undone together
 */
export function changeFaces(file: string, after: readonly FaceLabel[], group?: string): void {
  changeImages(new Map([[file, after]]), group && `${file} ${group}`)
}

/** Changes the faces of images, by their paths: all of them are undone together. */
export function changeImages(changed: ReadonlyMap<string, readonly FaceLabel[]>, group?: string): void {
  if (isReadOnly.peek()) return
  const values = images.peek().flatMap(({ file, faces, status }) => {
    const after = changed.get(file)
    return after ? [{ key: file, before: { faces, status }, after: { faces: after, status } }] : []
  })
  if (values.length === 0) return
  history.value = addChange(history.peek(), { values, group })
  replaceLabels(new Map(values.map(({ key, after }) => [key, after])))
}

/** Takes the newest change back, and shows its image. */
export function undo(): void {
  const { history: next, change } = undoChange(history.peek())
  if (change) restore(next, new Map(change.values.map(({ key, before }) => [key, before])))
}

/** Makes the change again that was taken back last, and shows its image. */
export function redo(): void {
  const { history: next, change } = redoChange(history.peek())
  if (change) restore(next, new Map(change.values.map(({ key, after }) => [key, after])))
}

function restore(next: History<ImageLabels>, changed: ReadonlyMap<string, ImageLabels>): void {
  if (isReadOnly.peek()) return
  history.value = next
  // A change of the image on screen, such as by an import, stays there.
  if (!changed.has(currentFile.peek() ?? '')) currentFile.value = [...changed.keys()][0]
  replaceLabels(changed)
}

function replaceLabels(changed: ReadonlyMap<string, ImageLabels>): void {
  updateImages(
    images.peek().flatMap((image) => {
      const labels = changed.get(image.file)
      return labels ? [{ ...image, ...labels }] : []
    }),
  )
}

/** Keeps a fitted landmarker. */
export function keepFit(record: FitRecord): void {
  fit.value = record
  if (!isReadOnly.peek()) store((database) => database.writeFit(record))
}

function createImage(projectId: string, file: string): ImageRecord {
  return { projectId, file, width: 0, height: 0, status: 'waiting', faces: [] }
}
