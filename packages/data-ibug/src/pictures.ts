import type { Dirent } from 'node:fs'
import { readdir, realpath } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { FacekpError } from '@facekp/core'

/** Finds a picture that a list names at this line. */
export type FindPicture = (named: string, line: number) => Promise<string>

/**
 * Finds pictures below `folder`, looking into each of its folders once. What is found is a file that lies within, whatever links
 * lead to it. Throws, with file and line of the list, `IMAGE_PATH` (absolute, or out of the folder, also by a link) and
 * `IMAGE_MISSING`.
 */
export function pictureFinder(folder: string, list: string): FindPicture {
  const listings = new Map<string, Promise<Listing>>()
  const root = resolve(folder)
  // A list that is not there names no picture, and its folder may not be there either.
  let realRoot: Promise<string> | undefined
  return async (named, line) => {
    const parts = named.split(/[/\\]/)
    const absolute = parts[0] === '' || /^[a-z]:/i.test(named)
    if (absolute || parts.includes('..')) throw leaves(named, list, line)
    const path = join(root, ...parts)
    const parent = join(path, '..')
    const listing = listings.get(parent) ?? look(parent)
    listings.set(parent, listing)
    const { real, entries } = await listing
    const entry = entries.get(parts.at(-1) as string)
    if (!entry || entry.isDirectory()) throw missing(named, path, list, line)
    const target = entry.isSymbolicLink() ? await realpath(path).catch(() => undefined) : join(real, entry.name)
    if (target === undefined) throw missing(named, path, list, line)
    realRoot ??= realpath(root)
    if (!isWithin(target, await realRoot)) throw leaves(named, list, line)
    return path
  }
}

interface Listing {
  readonly real: string
  readonly entries: ReadonlyMap<string, Dirent>
}

async function look(folder: string): Promise<Listing> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return { real: await realpath(folder), entries: new Map(entries.map((entry) => [entry.name, entry])) }
  } catch {
    return { real: folder, entries: new Map() }
  }
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && resolve(folder, way) === path
}

function leaves(named: string, list: string, line: number): FacekpError {
  return new FacekpError({
    code: 'IMAGE_PATH',
    file: list,
    line,
    problem: 'the path of the picture leaves the folder',
    received: named,
    expected: 'a path below the folder of the pictures',
  })
}

function missing(named: string, path: string, list: string, line: number): FacekpError {
  return new FacekpError({
    code: 'IMAGE_MISSING',
    file: list,
    line,
    problem: `there is no picture ${named}`,
    expected: path,
  })
}
