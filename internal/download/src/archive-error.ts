import { FacekpError, isFacekpError } from '@facekp/core'

/** Creates the error of an archive that cannot be read; a `FacekpError` stays as it is. */
export function archiveError(cause: unknown, archive: string): FacekpError {
  if (isFacekpError(cause)) return cause
  const { code, message } = cause as NodeJS.ErrnoException
  if (code === 'ENOENT') {
    return new FacekpError({ code: 'ARCHIVE_NOT_FOUND', problem: 'the archive does not exist', file: archive, cause })
  }
  return new FacekpError({
    code: 'ARCHIVE_DAMAGED',
    problem: 'the archive is truncated or invalid',
    file: archive,
    received: message,
    expected: 'a complete .tar, .tar.gz or .tgz',
    cause,
  })
}
