import type { Dirent } from 'node:fs'
import { readdir, realpath } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { FacekpError } from '@facekp/core'
import type { AnnotatedImage } from '../annotations/annotations.ts'

/** Finds the file of an image that annotations name. */
export type FindImage = (image: Pick<AnnotatedImage, 'file' | 'otherFiles' | 'line'>) => Promise<string>

/** Where images lie. */
export interface FindImageOptions {
  /** The file of annotations, for errors. */
  readonly list: string
  /** Folder that paths start from. */
  readonly root: string
  /** Whether to try shorter ends of a path as well: for a root that the user named, of which the file knows nothing. */
  readonly acceptsSuffixes: boolean
}

/**
 * Finds images below a folder, listing each of its folders once. A name matches in either Unicode normal form (NFC or NFD). The result always lies
 * within the folder, also if links lead to it.
 *
 * @throws FacekpError `IMAGE_PATH` for a path that leaves the folder, and `IMAGE_MISSING`, both with file and line
 */
export function createImageFinder({ list, root, acceptsSuffixes }: FindImageOptions): FindImage {
  const listings = new Map<string, Promise<Listing>>()
  const listOnce = (folder: string): Promise<Listing> => {
    const listing = listings.get(folder) ?? listFolder(folder)
    listings.set(folder, listing)
    return listing
  }
  let realRoot: Promise<string> | undefined
  return async ({ file, otherFiles = [], line }) => {
    const paths = [file, ...otherFiles].flatMap((path) => listCandidates(path, acceptsSuffixes))
    if (paths.length === 0) throw leavesFolderError(file, list, line)
    let closest: Listing | undefined
    for (const parts of paths) {
      const parent = join(root, ...parts.slice(0, -1))
      const listing = await listOnce(parent)
      closest ??= listing
      const entry = listing.entries.get((parts.at(-1) as string).normalize('NFC'))
      if (!entry || entry.isDirectory()) continue
      const path = join(parent, entry.name)
      const target = await realpath(path).catch(() => undefined)
      if (target === undefined) continue
      realRoot ??= realpath(root)
      if (!isWithin(target, await realRoot)) throw leavesFolderError(file, list, line)
      return path
    }
    throw missingError(file, { list, line, root, names: [...(closest?.entries.keys() ?? [])], acceptsSuffixes })
  }
}

/** Splits a path into its parts, and with suffixes into those of each shorter end; none if it leaves the folder. */
function listCandidates(path: string, acceptsSuffixes: boolean): string[][] {
  const parts = path.split(/[/\\]/).filter((part) => part !== '' && part !== '.')
  const isAbsolute = /^([/\\]|[a-z]:)/i.test(path)
  if (!acceptsSuffixes) return isAbsolute || parts.includes('..') ? [] : [parts]
  const inner = parts.slice(parts.lastIndexOf('..') + 1).filter((part) => !/^[a-z]:$/i.test(part))
  return inner.map((_, start) => inner.slice(start))
}

interface Listing {
  /** By their names in NFC. */
  readonly entries: ReadonlyMap<string, Dirent>
}

async function listFolder(folder: string): Promise<Listing> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return { entries: new Map(entries.map((entry) => [entry.name.normalize('NFC'), entry])) }
  } catch {
    return { entries: new Map() }
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
    problem: 'the path of the image leaves the folder',
    received: file,
    expected: "a path below the folder of the annotations; or pass the folder of the images by option images: 'DIR'",
  })
}

function missingError(
  file: string,
  context: {
    readonly list: string
    readonly line: number | undefined
    readonly root: string
    readonly names: readonly string[]
    readonly acceptsSuffixes: boolean
  },
): FacekpError {
  const { list, line, root, names, acceptsSuffixes } = context
  const name = file.split(/[/\\]/).at(-1) as string
  const similar = names.find((other) => fold(other) === fold(name))
  const hint =
    similar === undefined
      ? ''
      : `; a file with a similar name exists: ${similar} (${codePoints(similar)} instead of ${codePoints(name)})`
  return new FacekpError({
    code: 'IMAGE_MISSING',
    file: list,
    line,
    problem: `image ${file} does not exist below ${root}${hint}`,
    expected: acceptsSuffixes ? 'a folder that holds it in option images' : "the image there, or option images: 'DIR'",
  })
}

/** Folds case, accents and compatibility forms: names that look alike become equal. */
function fold(name: string): string {
  return name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
}

function codePoints(name: string): string {
  const special = [...name].filter((char) => (char.codePointAt(0) as number) > 127)
  const shown = special.length > 0 ? special : [...name]
  return shown
    .slice(0, 8)
    .map((char) => `U+${(char.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')}`)
    .join(' ')
}
