import { constants, lstatSync, type Stats } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { isFacekpError } from '@facekp/core'
import { notWrittenError } from './file-error.ts'
import { checkReplaceable } from './replaceable.ts'

/** Options of {@link checkWritable}. */
export interface CheckWritableOptions {
  readonly kind: 'file' | 'folder'
  /** Code of the error that is thrown. */
  readonly code: string
}

/**
 * Checks that a file or folder can be written at `path`, before the work whose result it will hold: nothing or something of that kind is
 * there, and the nearest folder that exists may be written to. Writes nothing.
 *
 * @returns what is at `path`; undefined for nothing
 * @throws FacekpError with `code`, which names the path and the fix
 */
export async function checkWritable(path: string, { kind, code }: CheckWritableOptions): Promise<Stats | undefined> {
  try {
    if (path === '') throw systemError('EEMPTY', 'an empty text')
    const stats = await checkReplaceable(path, code)
    if (kind === 'file' && stats?.isDirectory()) throw systemError('EISDIR', 'a folder')
    const nearest = findNearest(kind === 'file' ? dirname(resolve(path)) : resolve(path))
    if (!(await stat(nearest)).isDirectory()) throw systemError('EEXIST', 'a file in the place of a folder')
    await access(nearest, constants.W_OK)
    return stats
  } catch (cause) {
    throw isFacekpError(cause, code) ? cause : notWrittenError(path, cause, { code, kind })
  }
}

/** Finds the nearest path that exists, be it a link to nothing, of a folder and those above it. */
function findNearest(folder: string): string {
  const parent = dirname(folder)
  return parent === folder || lstatSync(folder, { throwIfNoEntry: false }) ? folder : findNearest(parent)
}

function systemError(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code })
}
