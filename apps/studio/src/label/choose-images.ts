import type { PathFile } from '../components/path-file.ts'
import { pickFiles } from '../components/pick-files.ts'
import { callWorker } from '../fit/client.ts'
import { canReopenFolders, type ImageSources, listFolder, listSources } from '../project/image-sources.ts'

/** Images that were chosen, and the folder if the browser can open it again later. */
export interface ChosenImages {
  readonly name: string
  readonly sources: ImageSources
  readonly folder?: FileSystemDirectoryHandle | undefined
}

/** Number of faces that are drawn for those who have no photographs at hand. */
const DRAWN_FACES = 20
const DRAWN_NAME = 'Drawn faces'

/** Lets the user choose a folder; undefined if that was canceled. */
export async function chooseFolder(): Promise<ChosenImages | undefined> {
  if (!canReopenFolders) return describeFiles(await pickFiles({ isFolder: true }))
  try {
    const folder = await showDirectoryPicker({ id: 'images' })
    return { name: folder.name, sources: await listFolder(folder), folder }
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined
    throw error
  }
}

/** Lets the user choose images. */
export async function chooseImages(): Promise<ChosenImages | undefined> {
  return describeFiles(await pickFiles({ accept: 'image/*', isMultiple: true }))
}

/** Draws faces. */
export async function drawImages(): Promise<ChosenImages> {
  const files = await callWorker('drawFaces', DRAWN_FACES)
  return { name: DRAWN_NAME, sources: new Map(files.map((file) => [file.name, async () => file])) }
}

/** Tests whether the images of a project were drawn, and can be drawn again. */
export function isDrawn(name: string): boolean {
  return name === DRAWN_NAME
}

/** Lists the images among files that were chosen or dropped; undefined if there are no files. */
export function describeFiles(files: readonly PathFile[]): ChosenImages | undefined {
  const [first] = files
  if (!first) return undefined
  const folder = first.path.includes('/') ? first.path.slice(0, first.path.indexOf('/')) : 'Images'
  return { name: folder, sources: listSources(files) }
}
