import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { FacekpError } from '@facekp/core'

/** Properties that a complete file must have. */
export interface Expected {
  readonly bytes?: number | undefined
  /** In hexadecimal, or its first digits. */
  readonly sha256?: string | undefined
}

/** Checks the size and the checksum of a file; throws `DOWNLOAD_SIZE` or `DOWNLOAD_CHECKSUM`, which name `address`. */
export async function checkFile(path: string, { bytes, sha256 }: Expected, address: string): Promise<void> {
  if (bytes !== undefined) checkSize((await stat(path)).size, bytes, address)
  if (sha256 === undefined) return
  const actual = await hashFile(path)
  if (actual.startsWith(sha256.toLowerCase())) return
  throw new FacekpError({
    code: 'DOWNLOAD_CHECKSUM',
    problem: 'the checksum of the download is wrong; the file was removed',
    file: address,
    received: `SHA-256 ${actual}`,
    expected: sha256.toLowerCase(),
  })
}

/** Returns size and SHA-256 of a file. */
export async function describeFile(path: string): Promise<Required<Expected>> {
  return { bytes: (await stat(path)).size, sha256: await hashFile(path) }
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/** Checks a size; throws `DOWNLOAD_SIZE`. */
export function checkSize(received: number, expected: number, address: string): void {
  if (received === expected) return
  throw new FacekpError({
    code: 'DOWNLOAD_SIZE',
    problem: 'the size of the download is wrong',
    file: address,
    received: `${received} bytes`,
    expected: `${expected}`,
  })
}
