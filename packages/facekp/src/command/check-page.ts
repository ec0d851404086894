import { open } from 'node:fs/promises'
import { FacekpError } from '@facekp/core'
import { checkWritable } from '@facekp/files'

const DOCTYPE = '<!doctype html>'

/**
 * Protects files from being replaced by a page: the path must not exist, or be a page, such as that of the last run.
 *
 * @throws FacekpError `OUTPUT_EXISTS`; `OUTPUT_NOT_WRITTEN` for a path where no file can be written
 */
export async function checkPage(path: string): Promise<void> {
  await checkWritable(path, { kind: 'file', code: 'OUTPUT_NOT_WRITTEN' })
  const start = await readStart(path)
  if (start === undefined || start.toLowerCase() === DOCTYPE) return
  throw new FacekpError({
    code: 'OUTPUT_EXISTS',
    file: path,
    problem: 'the file exists already, and is not a page',
    expected: 'a path without a file, or with a page that may be replaced, such as report.html',
  })
}

/** Reads the first characters of a file; undefined if it does not exist, is empty or cannot be read, which writing reports. */
async function readStart(path: string): Promise<string | undefined> {
  const file = await open(path).catch(() => undefined)
  if (file === undefined) return undefined
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(DOCTYPE.length))
    return bytesRead > 0 ? buffer.toString('latin1', 0, bytesRead) : undefined
  } catch {
    return undefined
  } finally {
    await file.close()
  }
}
