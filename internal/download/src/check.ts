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
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  const actual = hash.digest('hex')
  if (actual.startsWith(sha256.toLowerCase())) return
  throw new FacekpError({
    code: 'DOWNLOAD_CHECKSUM',
    problem: 'the checksum of the download is wrong; the file was removed',
    file: address,
    received: `SHA-256 ${actual}`,
    expected: sha256.toLowerCase(),
  })
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
