import { FacekpError } from '@facekp/core'
import { ERASE_REST_OF_LINE } from './bar.ts'

/**
 * Ends the process when its output cannot be written: quietly if the reader of a pipe has ended, such as `| head -1`; otherwise, as for a
 * full disk, with the error on one line and exit code 1.
 */
export function endOnOutputError(stream: NodeJS.WritableStream): void {
  stream.on('error', endProcess)
}

/** Begins the line of a terminal anew, on which a progress bar may stand. */
const START_OF_LINE = `\r${ERASE_REST_OF_LINE}`

function endProcess(cause: NodeJS.ErrnoException): void {
  if (cause.code === 'EPIPE') process.exit(0)
  const { message } = new FacekpError({
    code: 'OUTPUT_NOT_WRITTEN',
    problem: 'cannot write the standard output',
    received: cause.message,
    expected: 'a terminal, a pipe, or a file on a disk with free space',
  })
  const start = process.stderr.isTTY ? START_OF_LINE : ''
  console.error(`${start}${message}`)
  process.exit(1)
}

/** Goes on when the output cannot be written, for a stream that only shows progress and errors. */
export function ignoreOutputError(stream: NodeJS.WritableStream): void {
  stream.on('error', () => undefined)
}
