import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { FacekpError } from '@facekp/core'
import { isImageName } from '@facekp/data-formats'
import { glob } from 'tinyglobby'
import { findCommonFolder } from './find-common-folder.ts'
import { isHidden, joinPath, walkFolder } from './walk-folder.ts'

/** An argument that names images. */
export interface Listing {
  readonly kind: 'stdin' | 'list' | 'archive' | 'coco' | 'folder' | 'files'
  readonly path: string
  /** The images of `files`. */
  readonly files: readonly string[]
  /** Folder that contains the images, as far as it is known. */
  readonly root: string
}

/**
 * Finds out what a path names.
 *
 * @param options.isInList whether the path is a line of a list, in which neither `-` nor `.txt` is a list
 * @throws FacekpError `IMAGES_EMPTY` if a path, folder or glob has no image
 */
export async function openListing(
  path: string,
  { isInList = false }: { readonly isInList?: boolean } = {},
): Promise<Listing> {
  if (path === '-' && !isInList) return { kind: 'stdin', path, files: [], root: process.cwd() }
  const stats = await stat(path).catch(() => undefined)
  if (stats?.isDirectory()) return openFolder(path)
  if (stats === undefined) return openGlob(path)
  if (/\.txt$/i.test(path) && !isInList) return { kind: 'list', path, files: [], root: process.cwd() }
  if (/\.(tar|tar\.gz|tgz)$/i.test(path)) return { kind: 'archive', path, files: [], root: resolve(path) }
  if (/\.json$/i.test(path)) return { kind: 'coco', path, files: [], root: dirname(resolve(path)) }
  return openFiles([path])
}

function openFiles(files: readonly string[]): Listing {
  const root = findCommonFolder(files.map((file) => dirname(resolve(file))))
  return { kind: 'files', path: files[0] as string, files, root }
}

async function openFolder(path: string): Promise<Listing> {
  for await (const _ of walkFolder(path)) return { kind: 'folder', path, files: [], root: resolve(path) }
  throw emptyError(path, 'the folder contains no images')
}

async function openGlob(pattern: string): Promise<Listing> {
  const posixPattern = pattern.replaceAll('\\', '/')
  // What the pattern names itself, such as a hidden folder or `..`, is asked for.
  const named = new Set(['..', ...posixPattern.split('/')])
  const isLeftOut = (path: string): boolean =>
    joinPath(path)
      .split('/')
      .some((name) => !named.has(name) && isHidden(name))
  const files = (await glob(posixPattern)).filter((path) => isImageName(path) && !isLeftOut(path))
  if (files.length > 0) return openFiles(files.sort())
  throw emptyError(pattern, 'no such image')
}

function emptyError(path: string, problem: string): FacekpError {
  return new FacekpError({
    code: 'IMAGES_EMPTY',
    file: path,
    problem,
    expected:
      'an image, a folder with images, a glob such as "photos/**/*.jpg", a COCO file (.json), an archive (.tar, .tgz), a list of paths (.txt), or - for a list on stdin',
  })
}
