import { FacekpError } from '@facekp/core'

/** What to do about the errors of file systems. */
const FIXES: Readonly<Record<string, string>> = {
  ENOSPC: 'free space on the disk, or a path on another one',
  EDQUOT: 'free space in the quota, or a path on another disk',
  EROFS: 'a path on a disk that can be written to',
  EACCES: 'a path that this user may write to',
  EPERM: 'a path that this user may write to',
  EISDIR: 'the path of a file; this one is a folder',
  EFTYPE: 'the path of a file; this one is a device, a pipe or a socket',
  EEMPTY: 'a path that is not empty',
  ENOTDIR: 'a path whose parents are folders; one of them is a file',
  ENOTEMPTY: 'a new or empty folder',
  EEXIST: 'a path whose parents are folders; it or one of them is a file or a link to nothing',
  ENOENT: 'a path whose parents exist or can be made; is one of them a link to nothing?',
  ELOOP: 'a path without circular links',
  ENAMETOOLONG: 'a shorter name',
  EMFILE: 'fewer open files, or a higher limit (ulimit -n)',
  ERR_INVALID_ARG_VALUE: 'a path without NUL characters',
}

/** Creates the error of a file or folder that cannot be written, which names the fix. */
export function notWrittenError(
  path: string,
  cause: unknown,
  { code = 'FILE_NOT_WRITTEN', kind = 'file' }: { readonly code?: string | undefined; readonly kind?: string } = {},
): FacekpError {
  const { message, code: errno = '' } = cause as NodeJS.ErrnoException
  return new FacekpError({
    code,
    file: path,
    problem: `cannot write the ${kind}`,
    expected: FIXES[errno] ?? `a path where a ${kind} can be written`,
    received: message,
    cause,
  })
}

/** What an error says about a file or folder that cannot be read. */
export interface UnreadFile {
  readonly code: string
  /** Such as `model`. */
  readonly kind: string
  readonly expected: string
}

/** Creates the error of a file or folder that cannot be read. */
export function notReadError(path: string, cause: unknown, { code, kind, expected }: UnreadFile): FacekpError {
  const { message, code: errno } = cause as NodeJS.ErrnoException
  return new FacekpError({
    code,
    file: path,
    problem: errno === 'ENOENT' ? `the ${kind} does not exist` : `cannot read the ${kind}`,
    expected,
    received: message,
    cause,
  })
}
