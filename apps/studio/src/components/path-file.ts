import { isSystemFile } from '@facekp/files/is-system-file'

/** A file with its path inside the folder that was dropped or chosen, or its name alone. */
export interface PathFile {
  readonly path: string
  readonly file: File
}

/** Lists the files of an `<input type="file">`, without those that operating systems leave in folders. */
export function listFiles(files: ArrayLike<File>): PathFile[] {
  return sortFiles(Array.from(files, (file) => ({ path: file.webkitRelativePath || file.name, file })))
}

/** Lists the files of a drop, also those inside dropped folders. */
export async function readDrop(transfer: DataTransfer): Promise<PathFile[]> {
  const items = Array.from(transfer.items, (item) => item.webkitGetAsEntry() ?? item.getAsFile())
  const files = await Promise.all(items.map((item) => (item ? readItem(item) : [])))
  return sortFiles(files.flat())
}

/** Files that do not come from a disk, such as those of another page, are no entries of a file system. */
async function readItem(item: FileSystemEntry | File): Promise<PathFile[]> {
  return item instanceof File ? [{ path: item.name, file: item }] : readEntry(item)
}

async function readEntry(entry: FileSystemEntry): Promise<PathFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))
    return [{ path: entry.fullPath.replace(/^\//, ''), file }]
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const files: PathFile[] = []
  for (;;) {
    // A reader gives 100 entries at a time, and none at the end.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (entries.length === 0) return files
    for (const child of entries) files.push(...(await readEntry(child)))
  }
}

/** In the order in which people count: `2.jpg` before `10.jpg`. */
function sortFiles(files: readonly PathFile[]): PathFile[] {
  const { compare } = new Intl.Collator('en', { numeric: true })
  return files.filter(({ path }) => !isSystemFile(path)).sort((a, b) => compare(a.path, b.path))
}

/** Tests whether a file is an image that browsers decode, by its type or its name. */
export function isImageFile({ path, file }: PathFile): boolean {
  return /^image\/(?!svg)/.test(file.type) || /\.(avif|bmp|gif|heic|jpe?g|png|webp)$/i.test(path)
}
