import { isImageFile, listFiles, type PathFile } from '../components/path-file.ts'

/** Returns the file of an image; it may have changed or gone since. */
export type ImageSource = () => Promise<File>

/** Images by their paths in the folder. */
export type ImageSources = ReadonlyMap<string, ImageSource>

/** Whether the browser lets the user choose a folder that it can open again later. */
export const canReopenFolders: boolean = 'showDirectoryPicker' in globalThis

declare global {
  // Not yet among the types of TypeScript.
  function showDirectoryPicker(options?: { readonly id?: string }): Promise<FileSystemDirectoryHandle>
  interface FileSystemHandle {
    queryPermission(options?: { readonly mode: 'read' }): Promise<PermissionState>
    requestPermission(options?: { readonly mode: 'read' }): Promise<PermissionState>
  }
  interface FileSystemDirectoryHandle {
    values(): AsyncIterableIterator<FileSystemHandle>
  }
}

/** Lists images that were chosen or dropped. If all lie in one folder, paths begin inside it. */
export function listSources(files: readonly PathFile[]): ImageSources {
  const images = files.filter(isImageFile)
  const prefix = findCommonFolder(images.map(({ path }) => path))
  return new Map(images.map(({ path, file }) => [path.slice(prefix.length), async () => file]))
}

/** Lists the images of a folder and of the folders inside. */
export async function listFolder(folder: FileSystemDirectoryHandle): Promise<ImageSources> {
  const handles = new Map<string, FileSystemFileHandle>()
  await collectHandles(folder, '', handles)
  const paths = [...handles.keys()].map((path) => new File([], path))
  // Sorts as files that were dropped.
  const sorted = listFiles(paths).filter(isImageFile)
  return new Map(sorted.map(({ path }) => [path, () => (handles.get(path) as FileSystemFileHandle).getFile()]))
}

async function collectHandles(
  folder: FileSystemDirectoryHandle,
  prefix: string,
  handles: Map<string, FileSystemFileHandle>,
): Promise<void> {
  for await (const handle of folder.values()) {
    const path = `${prefix}${handle.name}`
    if (handle.kind === 'file') handles.set(path, handle as FileSystemFileHandle)
    else await collectHandles(handle as FileSystemDirectoryHandle, `${path}/`, handles)
  }
}

/**
 * Opens the folder of a project again.
 *
 * @param isAsked whether the user just clicked, so that the browser may ask for permission
 * @returns undefined without permission
 */
export async function reopenFolder(
  folder: FileSystemDirectoryHandle,
  isAsked: boolean,
): Promise<ImageSources | undefined> {
  const state = await folder.queryPermission({ mode: 'read' })
  const granted = state === 'granted' || (isAsked && (await folder.requestPermission({ mode: 'read' })) === 'granted')
  return granted ? listFolder(folder) : undefined
}

/** Returns the folder that all paths begin with, with its slash; empty if they have none in common. */
export function findCommonFolder(paths: readonly string[]): string {
  const [first = ''] = paths
  const folder = first.slice(0, first.indexOf('/') + 1)
  return folder !== '' && paths.every((path) => path.startsWith(folder)) ? folder : ''
}
