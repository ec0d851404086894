import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { FacekpError } from '@facekp/core'
import { isImageName } from '@facekp/data-formats'
import { isSystemFile } from '@facekp/files'
import { glob } from 'tinyglobby'

/**
 * Lists images by files, folders (with their subfolders), globs, and `-` for a list of such paths on stdin, one a line. Each image is
 * listed once.
 *
 * @throws FacekpError `IMAGES_EMPTY` if a path, folder or glob has no image
 */
export async function listImages(paths: readonly string[], stdin: NodeJS.ReadableStream): Promise<string[]> {
  const images: string[] = []
  for (const path of paths) {
    if (path !== '-') images.push(...(await expandPath(path)))
    else for (const line of await readLines(stdin)) images.push(...(await expandPath(line)))
  }
  return [...new Set(images)]
}

async function readLines(stdin: NodeJS.ReadableStream): Promise<string[]> {
  return (await text(stdin)).split(/\r?\n/).filter((line) => line !== '')
}

async function expandPath(path: string): Promise<string[]> {
  const stats = await stat(path).catch(() => undefined)
  if (stats?.isFile()) return [path]
  const isImage = (name: string): boolean => isImageName(name) && !name.split('/').some(isSystemFile)
  const names = stats?.isDirectory() ? await glob('**/*', { cwd: path }) : await glob(path.replaceAll('\\', '/'))
  const images = names.filter(isImage).map((name) => (stats ? join(path, name) : name))
  if (images.length > 0) return images.sort()
  throw new FacekpError({
    code: 'IMAGES_EMPTY',
    file: path,
    problem: stats ? 'the folder contains no images' : 'no such image',
    expected: 'an image, a folder with images, a glob such as "photos/**/*.jpg", or - for a list on stdin',
  })
}
