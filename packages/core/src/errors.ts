import { cutText } from './arguments/cut-text.ts'
import { formatValue } from './arguments/format-value.ts'

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
  declare readonly problem: string
  declare readonly file: string | undefined
  declare readonly line: number | undefined
  declare readonly received: string | undefined
  declare readonly expected: string | undefined

  /** Texts that are too long for a message are cut, such as `received` to 200 characters; a message has at most 2000. */
  constructor(errorDetails: FacekpErrorDetails) {
    const { code, cause, ...details } = errorDetails ?? { code: 'ARGUMENT', problem: 'a FacekpError without details' }
    const fields = cutFields(details)
    super(formatMessage(fields), cause === undefined ? undefined : { cause })
    this.code = code
    for (const name of ['problem', 'file', 'line', 'received', 'expected'] as const) {
      // `console.error` prints each enumerable field, also one that is undefined.
      Object.defineProperty(this, name, { value: fields[name], enumerable: fields[name] !== undefined })
    }
    Object.defineProperty(this, FACEKP_ERROR, { value: true })
  }
}

type Fields = Omit<FacekpErrorDetails, 'code' | 'cause'>

const MAX_LENGTHS: Readonly<Partial<Record<keyof Fields, number>>> = {
  problem: 600,
  expected: 600,
  file: 500,
  received: 200,
}

/** Cuts the texts to their limits. */
function cutFields(details: Fields): Fields {
  const fields: Partial<Record<string, unknown>> = {}
  for (const [name, value] of Object.entries(details)) {
    const maxLength = MAX_LENGTHS[name as keyof Fields]
    if (value !== undefined) fields[name] = maxLength ? cutText(toText(value), maxLength) : value
  }
  return fields as unknown as Fields
}

/** Converts a field to text: one that is no string comes from a caller without types. */
function toText(value: unknown): string {
  return typeof value === 'string' ? value : formatValue(value)
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

function formatMessage({ problem, file, line, received, expected }: Fields): string {
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
