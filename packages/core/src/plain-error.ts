import { checkArgument } from './arguments/check-argument.ts'
import { formatValue } from './arguments/format-value.ts'
import { objectKind } from './arguments/kind-makers.ts'
import * as KINDS from './arguments/kinds.ts'
import { FacekpError, type FacekpErrorDetails, isFacekpError } from './errors.ts'

const FROM_PLAIN_ERROR_PLAIN = objectKind({ problem: KINDS.string })

/** An error as plain data, to be sent to another thread: structured cloning drops an error's class and own fields. */
export interface PlainError extends Omit<FacekpErrorDetails, 'code' | 'cause'> {
  /** Absent unless the error was a {@link FacekpError}. */
  readonly code?: string
  readonly stack?: string | undefined
  readonly cause?: PlainError
}

/** Converts anything thrown, with its causes, to plain data. */
export function toPlainError(thrown: unknown): PlainError {
  if (!(thrown instanceof Error)) return { problem: typeof thrown === 'string' ? thrown : formatValue(thrown) }
  const { stack } = thrown
  const cause = thrown.cause === undefined ? {} : { cause: toPlainError(thrown.cause) }
  if (!isFacekpError(thrown)) return { problem: thrown.message, stack, ...cause }
  const { code, problem, file, line, received, expected } = thrown
  return { code, problem, file, line, received, expected, stack, ...cause }
}

/**
 * Restores an error from plain data. Its cause has the stack of the original.
 *
 * @param code of an error that was no {@link FacekpError}
 *
 * @example
 * ```ts
 * parentPort.postMessage(toPlainError(error)) // in the thread
 * thread.on('message', (plain) => reject(fromPlainError(plain, 'WORK_FAILED')))
 * ```
 */
export function fromPlainError(plain: PlainError, code: string): FacekpError {
  checkArgument(FROM_PLAIN_ERROR_PLAIN, plain, 'plain', 'fromPlainError')
  checkArgument(KINDS.string, code, 'code', 'fromPlainError')
  const { stack, cause, ...details } = plain
  return new FacekpError({ code, ...details, cause: restoreError(plain) })
}

function restoreError({ problem, stack, cause }: PlainError): Error {
  const error = new Error(problem, cause && { cause: restoreError(cause) })
  if (stack !== undefined) error.stack = stack
  return error
}
