/** The fields of a {@link FacekpError}. */
export interface FacekpErrorDetails {
  /** Stable name of the kind of error, such as `ASF_POINT_COUNT`, for programs to compare. */
  readonly code: string
  /** What is wrong, without a full stop; names the option if there is no file. */
  readonly problem: string
  /** The file or address that caused the error. */
  readonly file?: string | undefined
  /** The line in that file, from 1. */
  readonly line?: number | undefined
  /** The invalid input. */
  readonly received?: string | undefined
  /** What is accepted, or what to do. */
  readonly expected?: string | undefined
  /** The underlying error, if any. */
  readonly cause?: unknown
}

const FACEKP_ERROR = Symbol.for('facekp.error')

/**
 * The class of all errors that facekp throws for invalid input. The message reads
 * `file:line: problem: expected …, received …`.
 *
 * @example
 * ```ts
 * try {
 *   await readImage('face.jpg')
 * } catch (error) {
 *   if (isFacekpError(error, 'IMAGE_TRUNCATED')) console.error(error.file)
 *   else throw error
 * }
 * ```
 */
export class FacekpError extends Error {
  override readonly name = 'FacekpError'
  readonly code: string
  readonly problem: string
  readonly file: string | undefined
  readonly line: number | undefined
  readonly received: string | undefined
  readonly expected: string | undefined

  constructor(details: FacekpErrorDetails) {
    super(formatMessage(details), details.cause === undefined ? undefined : { cause: details.cause })
    this.code = details.code
    this.problem = details.problem
    this.file = details.file
    this.line = details.line
    this.received = details.received
    this.expected = details.expected
    Object.defineProperty(this, FACEKP_ERROR, { value: true })
  }
}

/**
 * Tests whether `error` is a {@link FacekpError}, and of this `code` if one is passed. Also recognizes errors of another copy
 * of this package in the same program, where `instanceof` fails.
 */
export function isFacekpError(error: unknown, code?: string): error is FacekpError {
  return (
    typeof error === 'object' &&
    error !== null &&
    (error as Record<symbol, unknown>)[FACEKP_ERROR] === true &&
    (code === undefined || (error as FacekpError).code === code)
  )
}

function formatMessage({ problem, file, line, received, expected }: FacekpErrorDetails): string {
  const location = [file, file === undefined ? undefined : line].filter((part) => part !== undefined).join(':')
  const details = [
    ...(expected === undefined ? [] : [`expected ${expected}`]),
    ...(received === undefined ? [] : [`received ${received}`]),
  ].join(', ')
  return escapeControls([location, problem, details].filter((part) => part !== '').join(': '))
}

/** Shows control characters, which a damaged file may contain and a terminal would obey, by their numbers. */
function escapeControls(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (char) =>
    char === '\n' || char === '\t' ? char : `\\x${(char.codePointAt(0) as number).toString(16).padStart(2, '0')}`,
  )
}
