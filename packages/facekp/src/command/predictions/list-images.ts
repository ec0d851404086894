import { existsSync } from 'node:fs'
import { FacekpError, type Image } from '@facekp/core'
import { isImageName } from '@facekp/data-formats'
import { readArchive } from '@facekp/download'
import { decodeImage } from '@facekp/image'
import { readImage } from '@facekp/image/node'
import { usageError } from '../usage-error.ts'
import { findCommonFolder } from './find-common-folder.ts'
import { listCocoImages } from './list-coco-images.ts'
import { type Listing, openListing } from './open-listing.ts'
import { readTextLines } from './read-text-lines.ts'
import { isListedImage, walkFolder } from './walk-folder.ts'

/** An image to find faces in. */
export interface ListedImage {
  /** Path of the image; in an archive `ARCHIVE/NAME`. */
  readonly id: string
  /** Archive that contains it. */
  readonly archive?: string
  /** Reads its pixels. */
  read(): Promise<Image>
}

/** Images of a command line, which are listed anew at each iteration. */
export interface ImageList {
  /** Deepest folder that contains all images, except those that a list names elsewhere. */
  readonly root: string
  /** Whether the list can be iterated once only, or only slowly. */
  readonly isStream: boolean
  /**
   * Lists images one after another; never all of them are in memory, except those of a glob, of a COCO file and of one folder.
   *
   * @param accepts chooses images by their ids; called once an image, in order
   */
  list(accepts: (id: string) => boolean): AsyncGenerator<ListedImage, void>
  /** Visits the ids of all images, in order. */
  visit(onImage: (id: string) => void): Promise<void>
}

export interface ListImagesOptions {
  readonly stdin: NodeJS.ReadableStream
  /** Folder of the images of COCO files; default: that of the file. */
  readonly images?: string | undefined
}

/**
 * Lists images by files, folders (with their subfolders), globs, COCO files (`.json`), archives (`.tar`, `.tar.gz`, `.tgz`), lists of such
 * paths (`.txt`, one a line), and `-` for a list on stdin.
 *
 * @throws FacekpError `IMAGES_EMPTY` if a path, folder or glob has no image; `OPTION_INVALID` for a folder of images without a COCO file; later those of reading a COCO file or an archive
 */
export async function listImages(paths: readonly string[], options: ListImagesOptions): Promise<ImageList> {
  const listings: Listing[] = []
  for (const path of paths) listings.push(await openListing(path))
  checkImagesOption(listings, options)
  async function* list(accepts: (id: string) => boolean): AsyncGenerator<ListedImage, void> {
    for (const listing of listings) yield* listOne(listing, { ...options, accepts })
  }
  return {
    root: findCommonFolder(listings.map(({ root }) => root)),
    isStream: listings.some(({ kind }) => kind === 'stdin' || kind === 'archive'),
    list,
    async visit(onImage) {
      const refuse = (id: string): boolean => {
        onImage(id)
        return false
      }
      await list(refuse).next()
    },
  }
}

/** Refuses a folder of images that no listing needs; lines of a list may name COCO files. */
function checkImagesOption(listings: readonly Listing[], { images }: ListImagesOptions): void {
  const isUsed = listings.some(({ kind }) => kind === 'coco' || kind === 'list' || kind === 'stdin')
  if (images !== undefined && !isUsed) throw usageError('--images', 'a COCO file among the images', images)
}

interface ListOptions extends ListImagesOptions {
  readonly accepts: (id: string) => boolean
}

async function* listOne(listing: Listing, options: ListOptions): AsyncGenerator<ListedImage, void> {
  const { kind, path } = listing
  switch (kind) {
    case 'stdin':
      return yield* listLines(options.stdin, options)
    case 'list':
      return yield* listLines(path, options)
    case 'archive':
      return yield* listArchive(path, options)
    case 'coco':
      return yield* listCoco(path, options)
    case 'folder':
      return yield* listFiles(walkFolder(path), options)
    case 'files':
      return yield* listFiles(listing.files, options)
  }
}

async function* listFiles(
  files: AsyncIterable<string> | Iterable<string>,
  { accepts }: ListOptions,
): AsyncGenerator<ListedImage, void> {
  for await (const id of files) if (accepts(id)) yield { id, read: () => readImage(id) }
}

/** Lists the images of a COCO file. To name the folder is easily forgotten: that all images are missing is one error, once one is to be read. */
async function* listCoco(path: string, options: ListOptions): AsyncGenerator<ListedImage, void> {
  const files = await listCocoImages(path, options.images)
  const isMissing = !files.some((file) => existsSync(file))
  for await (const image of listFiles(files, options)) {
    if (isMissing) throw missingError(path, files)
    yield image
  }
}

function missingError(file: string, files: readonly string[]): FacekpError {
  return new FacekpError({
    code: 'IMAGES_EMPTY',
    file,
    problem: 'none of its images exists',
    expected: 'their folder in --images',
    received: `${files[0]}${files.length > 1 ? ` and ${files.length - 1} more` : ''}`,
  })
}

/** Lists what the lines of a text name. A line that names nothing is an image that cannot be read. */
async function* listLines(
  source: NodeJS.ReadableStream | string,
  options: ListOptions,
): AsyncGenerator<ListedImage, void> {
  for await (const line of readTextLines(source)) {
    if (line === '') continue
    // Lines of images, which may be millions, are not looked up.
    if (isImageName(line)) {
      yield* listFiles([line], options)
      continue
    }
    try {
      yield* listOne(await openListing(line, { isInList: true }), options)
    } catch (error) {
      if (!(error instanceof FacekpError)) throw error
      if (options.accepts(line)) yield { id: line, read: () => Promise.reject(error) }
    }
  }
}

async function* listArchive(path: string, { accepts }: ListOptions): AsyncGenerator<ListedImage, void> {
  const toId = (name: string): string => `${path}/${name}`
  const files = readArchive(path, { accepts: (name) => isListedImage(name) && accepts(toId(name)) })
  for await (const { name, bytes } of files) {
    const id = toId(name)
    yield { id, archive: path, read: () => decodeImage(bytes, { name: id }) }
  }
}
