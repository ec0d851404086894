import { access, readFile } from 'node:fs/promises'
import { FacekpError, isFacekpError } from '@facekp/core'
import { decodeText, writeFileAtomic } from '@facekp/files'
import * as z from 'zod'
import { describeFile } from './check.ts'
import { downloadFile } from './download.ts'
import type { DownloadOptions } from './options.ts'

const pinSchema = z.object({ bytes: z.int().nonnegative(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })

type Pin = z.output<typeof pinSchema>

/**
 * Downloads a file as `downloadFile`. Size and SHA-256 of the first download are written to `pin`; a later one must have the same (trust
 * on first use), unless the options ask for another `sha256`. Nothing is written for a file that somebody else put there.
 *
 * @param options.pin path of the note
 * @throws FacekpError what `downloadFile` throws
 */
export async function downloadPinned({ pin, ...options }: DownloadOptions & { readonly pin: string }): Promise<void> {
  const first = await readPin(pin)
  const isFirst = first?.sha256.startsWith(options.sha256?.toLowerCase() ?? '') ?? false
  const isPresent = await exists(options.file)
  const expected = isFirst ? { ...options, ...first } : options
  await downloadFile(expected).catch((error: unknown) => {
    throw isFirst && isMismatch(error) ? changedError(error, pin) : error
  })
  if (!isFirst && !isPresent) await writeFileAtomic(pin, `${JSON.stringify(await describeFile(options.file))}\n`)
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}

/** Reads size and SHA-256 of the first download; nothing if there was none, or if its note is damaged. */
async function readPin(pin: string): Promise<Pin | undefined> {
  try {
    return pinSchema.parse(JSON.parse(decodeText(await readFile(pin))))
  } catch {
    return undefined
  }
}

function isMismatch(error: unknown): error is FacekpError {
  return isFacekpError(error, 'DOWNLOAD_SIZE') || isFacekpError(error, 'DOWNLOAD_CHECKSUM')
}

function changedError(cause: FacekpError, pin: string): FacekpError {
  const { code, file, received, expected } = cause
  return new FacekpError({
    code,
    file,
    problem: 'the file is not the one of the first download',
    received,
    expected: `${expected}; if the publisher has changed it, remove ${pin}`,
    cause,
  })
}
