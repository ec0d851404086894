import type { Dirent } from 'node:fs'
import { readdir, realpath } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { FacekpError } from '@facekp/core'
import type { AnnotatedImage } from '../annotations/annotations.ts'

/** Where an image of annotations lies. */
export interface ImagePlace {
  /** The one of its names under which it is there. */
  readonly file: string
  readonly imagePath: string
}

/** Finds the file of an image that annotations name. */
export type FindImage = (image: Pick<AnnotatedImage, 'file' | 'otherFiles' | 'line'>) => Promise<ImagePlace>

/** Where to search for images. */
export interface FindImageOptions {
  /** The annotation file, for errors. */
  readonly list: string
  /** Folder that paths start from. */
  readonly root: string
  /** Whether to try shorter ends of a path too: for a root that the user passed, to which paths in the file need not be relative. */
  readonly acceptsSuffixes: boolean
}

/** Most parts of a path that are looked for: each shorter end of it is a path to try. */
const MAX_PARTS = 200

/**
 * Creates a function that finds images below a folder, listing each of its folders once. Names of files and folders match in either Unicode
 * normal form (NFC or NFD). What is not there is looked for in the folder's `images`, as many tools lay it out. The result always lies within the folder, also if links lead to it.
 *
 * @throws FacekpError from the function: `IMAGE_PATH` for a path that leads out of the folder, and `IMAGE_MISSING`, both with file and line
 */
export function createImageFinder(options: FindImageOptions): FindImage {
  const { list, root, acceptsSuffixes } = options
  const getListing = createFolderLister(root)
  return async ({ file, otherFiles = [], line }) => {
    const candidates = [file, ...otherFiles].flatMap((name) => listCandidates(name, acceptsSuffixes))
    const [first] = candidates
    if (first === undefined) throw leavesFolderError(file, list, line)
    if (candidates.some(({ parts }) => parts.length > MAX_PARTS))
      throw missingError({ file, line, options, listing: undefined })
    // A longer path says more: `day 2/a.jpg` is not the `a.jpg` beside that folder.
    const inFolder = candidates.toSorted((a, b) => b.parts.length - a.parts.length)
    const inImages = inFolder.map(({ name, parts }) => ({ name, parts: ['images', ...parts] }))
    for (const { name, parts } of [...inFolder, ...inImages]) {
      const listing = await getListing(parts.slice(0, -1))
      const entry = listing?.entries.get((parts.at(-1) as string).normalize('NFC'))
      if (!listing || !entry || entry.isDirectory()) continue
      const path = join(listing.path, entry.name)
      const target = entry.isSymbolicLink()
        ? await realpath(path).catch(() => undefined)
        : join(listing.real, entry.name)
      if (target === undefined) continue
      const top = (await getListing([])) as Listing
      if (!isWithin(target, top.real)) throw leavesFolderError(file, list, line)
      return { file: name, imagePath: path }
    }
    throw missingError({ file, line, options, listing: await getListing(first.parts.slice(0, -1)) })
  }
}

/** A path to try for a name of an image. */
interface Candidate {
  readonly name: string
  readonly parts: readonly string[]
}

function listCandidates(name: string, acceptsSuffixes: boolean): Candidate[] {
  return listPaths(name, acceptsSuffixes).map((parts) => ({ name, parts }))
}

/** Splits a path into its parts and, with suffixes, also each shorter end of it. Returns nothing if the path leads out of the folder. */
function listPaths(path: string, acceptsSuffixes: boolean): string[][] {
  const parts = path.split(/[/\\]/).filter((part) => part !== '' && part !== '.')
  if (parts.length === 0) return [['.']]
  const isAbsolute = /^([/\\]|[a-z]:)/i.test(path)
  // No file has a path with that many parts.
  if (parts.length > MAX_PARTS) return [parts]
  if (!acceptsSuffixes) return isAbsolute || parts.includes('..') ? [] : [parts]
  const inner = parts.slice(parts.lastIndexOf('..') + 1).filter((part) => !/^[a-z]:$/i.test(part))
  return inner.map((_, start) => inner.slice(start))
}

interface Listing {
  readonly path: string
  /** The path with links resolved. */
  readonly real: string
  /** By their names in NFC. */
  readonly entries: ReadonlyMap<string, Dirent>
}

/** Creates a function that lists a folder below the root, once; undefined if it does not exist. */
function createFolderLister(root: string): (parts: readonly string[]) => Promise<Listing | undefined> {
  const listings = new Map<string, Promise<Listing | undefined>>()
  const findListing = async (parts: readonly string[]): Promise<Listing | undefined> => {
    const name = parts.at(-1)
    if (name === undefined) return listFolder(root)
    const parent = await getListing(parts.slice(0, -1))
    const entry = parent?.entries.get(name.normalize('NFC'))
    return parent && entry ? listFolder(join(parent.path, entry.name)) : undefined
  }
  const getListing = (parts: readonly string[]): Promise<Listing | undefined> => {
    const key = parts.join('/')
    const listing = listings.get(key) ?? findListing(parts)
    listings.set(key, listing)
    return listing
  }
  return getListing
}

async function listFolder(path: string): Promise<Listing | undefined> {
  try {
    const entries = await readdir(path, { withFileTypes: true })
    return {
      path,
      real: await realpath(path),
      entries: new Map(entries.map((entry) => [entry.name.normalize('NFC'), entry])),
    }
  } catch {
    return undefined
  }
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && resolve(folder, way) === path
}

function leavesFolderError(file: string, list: string, line: number | undefined): FacekpError {
  return new FacekpError({
    code: 'IMAGE_PATH',
    file: list,
    line,
    problem: 'the path of the image leads out of the folder',
    received: file,
    expected: "a path below the folder of the annotations; or pass the folder of the images by option images: 'DIR'",
  })
}

function missingError({
  file,
  line,
  options: { list, root, acceptsSuffixes },
  listing,
}: {
  readonly file: string
  readonly line: number | undefined
  readonly options: FindImageOptions
  readonly listing: Listing | undefined
}): FacekpError {
  const name = file.split(/[/\\]/).at(-1) as string
  const similar = [...(listing?.entries.values() ?? [])].find((other) => fold(other.name) === fold(name))
  const hint = similar
    ? `; a file with a similar name exists: ${similar.name} (${formatCodePoints(similar.name)} instead of ${formatCodePoints(name)})`
    : ''
  return new FacekpError({
    code: 'IMAGE_MISSING',
    file: list,
    line,
    problem: `image ${file} does not exist below ${root}${hint}`,
    expected: acceptsSuffixes
      ? 'option images with the folder that contains the image'
      : "the image in this folder, or option images: 'DIR'",
  })
}

/** Folds case, accents and compatibility forms: names that look alike become equal. */
function fold(name: string): string {
  return name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

function formatCodePoints(name: string): string {
  const special = [...name].filter((char) => (char.codePointAt(0) as number) > 127)
  const shown = special.length > 0 ? special : [...name]
  return shown
    .slice(0, 8)
    .map((char) => `U+${(char.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}`)
    .join(' ')
}
