import type { Dirent } from 'node:fs'
import { readdir, realpath } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { FacekpError } from '@facekp/core'

/** Resolves the path of an image that a list names on a line. */
export type FindImage = (name: string, line: number) => Promise<string>

/**
 * Creates a function that finds images below `folder`, listing each of its folders once. An image must be a file within the folder,
 * also after links are followed.
 *
 * @throws FacekpError with file and line of the list, from the returned function: `IMAGE_PATH` (an absolute path, or one that leaves
 *   the folder), `IMAGE_MISSING`
 */
export function createImageFinder(folder: string, list: string): FindImage {
  const listings = new Map<string, Promise<Listing>>()
  const root = resolve(folder)
  // Resolved late: a missing list names no image, and its folder may be missing too.
  let realRoot: Promise<string> | undefined
  return async (name, line) => {
    const parts = name.split(/[/\\]/)
    const isAbsolute = parts[0] === '' || /^[a-z]:/i.test(name)
    if (isAbsolute || parts.includes('..')) throw imagePathError(name, list, line)
    const path = join(root, ...parts)
    const parent = join(path, '..')
    const listing = listings.get(parent) ?? listFolder(parent)
    listings.set(parent, listing)
    const { realPath, entries } = await listing
    const entry = entries.get(parts.at(-1) as string)
    if (!entry || entry.isDirectory()) throw imageMissingError(name, { path, list, line })
    const target = entry.isSymbolicLink() ? await realpath(path).catch(() => undefined) : join(realPath, entry.name)
    if (target === undefined) throw imageMissingError(name, { path, list, line })
    realRoot ??= realpath(root)
    if (!isWithin(target, await realRoot)) throw imagePathError(name, list, line)
    return path
  }
}

interface Listing {
  readonly realPath: string
  readonly entries: ReadonlyMap<string, Dirent>
}

/** Lists a folder; a missing one is empty. */
async function listFolder(folder: string): Promise<Listing> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return { realPath: await realpath(folder), entries: new Map(entries.map((entry) => [entry.name, entry])) }
  } catch {
    return { realPath: folder, entries: new Map() }
  }
}

function isWithin(path: string, folder: string): boolean {
  const relativePath = relative(folder, path)
  return relativePath !== '..' && !relativePath.startsWith(`..${sep}`) && resolve(folder, relativePath) === path
}

function imagePathError(name: string, list: string, line: number): FacekpError {
  return new FacekpError({
    code: 'IMAGE_PATH',
    file: list,
    line,
    problem: 'the path of the image leaves the folder',
    received: name,
    expected: 'a relative path below the folder of the images',
  })
}

function imageMissingError(
  name: string,
  { path, list, line }: { readonly path: string; readonly list: string; readonly line: number },
): FacekpError {
  return new FacekpError({
    code: 'IMAGE_MISSING',
    file: list,
    line,
    problem: `the image ${name} is missing`,
    expected: path,
  })
}
