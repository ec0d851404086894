import { FacekpError, type FacekpErrorDetails, isFacekpError } from './errors.ts'

/** An error as plain data, to be sent to another thread: on the way an error loses its class and what is its own. */
export interface PlainError extends Omit<FacekpErrorDetails, 'code' | 'cause'> {
  /** Absent where it was no {@link FacekpError}. */
  readonly code?: string
  readonly stack?: string | undefined
  readonly cause?: PlainError
}

/** What was thrown, an error or not, as plain data, with what is underneath. */
export function toPlainError(thrown: unknown): PlainError {
  if (!(thrown instanceof Error)) return { problem: String(thrown) }
  const { stack, cause } = thrown
  const under = cause === undefined ? {} : { cause: toPlainError(cause) }
  if (!isFacekpError(thrown)) return { problem: thrown.message, stack, ...under }
  const { code, problem, file, line, received, expected } = thrown
  return { code, problem, file, line, received, expected, stack, ...under }
}

/**
 * The error again, of its own code or else of the one given. Its cause has the stack of where it arose.
 *
 * @example
 * ```ts
 * parentPort.postMessage(toPlainError(error)) // in the thread
 * thread.on('message', (plain) => reject(fromPlainError(plain, 'WORK_FAILED')))
 * ```
 */
export function fromPlainError(plain: PlainError, code: string): FacekpError {
  const { stack, cause, ...details } = plain
  return new FacekpError({ code, ...details, cause: arisen(plain) })
}

function arisen({ problem, stack, cause }: PlainError): Error {
  const error = new Error(problem, cause && { cause: arisen(cause) })
  if (stack !== undefined) error.stack = stack
  return error
}
