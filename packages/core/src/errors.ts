/** What a {@link FacekpError} is made of. */
export interface FacekpErrorDetails {
  /** Stable name of the kind of error, such as `ASF_POINT_COUNT`: what a program may compare. */
  readonly code: string
  /** What is wrong, as a sentence without a full stop. */
  readonly problem: string
  /** The file (or address) in which it is wrong. */
  readonly file?: string | undefined
  /** The line in that file, the first being 1. */
  readonly line?: number | undefined
  /** What was found there. */
  readonly received?: string | undefined
  /** What would have been accepted, or what to do. */
  readonly expected?: string | undefined
  /** The error underneath, where there is one. */
  readonly cause?: unknown
}

const MARK = Symbol.for('facekp.error')

/**
 * The one family of errors that facekp throws for bad input. The message reads
 * `file:line: problem; received …; expected …`.
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
    super(messageOf(details), details.cause === undefined ? undefined : { cause: details.cause })
    this.code = details.code
    this.problem = details.problem
    this.file = details.file
    this.line = details.line
    this.received = details.received
    this.expected = details.expected
    Object.defineProperty(this, MARK, { value: true })
  }
}

/**
 * Whether `error` is a {@link FacekpError}, and of kind `code` where one is given. Holds across several copies of this
 * package in one program, where `instanceof` would not.
 */
export function isFacekpError(error: unknown, code?: string): error is FacekpError {
  return (
    typeof error === 'object' &&
    error !== null &&
    (error as Record<symbol, unknown>)[MARK] === true &&
    (code === undefined || (error as FacekpError).code === code)
  )
}

function messageOf({ problem, file, line, received, expected }: FacekpErrorDetails): string {
  const place = file === undefined ? '' : line === undefined ? `${file}: ` : `${file}:${line}: `
  const found = received === undefined ? '' : `; received ${received}`
  const wanted = expected === undefined ? '' : `; expected ${expected}`
  return place + problem + found + wanted
}
