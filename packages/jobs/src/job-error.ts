import { isFacekpError, type PlainError, toPlainError } from '@facekp/core'
import type { JobOutcome } from './job-executor.ts'

/** Errors of operating systems that may pass: no space, a server or disk that is away, too many open files. */
const TRANSIENT_ERRNOS: ReadonlySet<string> = new Set([
  ...['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'EBUSY', 'EAGAIN', 'EIO', 'ESTALE', 'ENOMEM'],
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN'],
])

/**
 * Codes of errors after which another attempt may succeed. `JOB_RETRY` is for the code of jobs. Another worker may have the module
 * that one lacks.
 */
const TRANSIENT_CODES: ReadonlySet<string> = new Set(['JOB_RETRY', 'JOB_WORKER_LOST', 'JOB_MODULE', 'LOCKED'])

/** Creates the outcome of an attempt that threw. */
export function toFailure(thrown: unknown): JobOutcome {
  return { status: 'failed', error: toPlainError(thrown), isTransient: isTransient(thrown) }
}

/** Creates the outcome of an attempt whose worker ended. */
export function toWorkerLoss(problem: string, received: string): JobOutcome {
  const expected = 'a worker that finishes the job: enough memory, and no process.exit in the job'
  const error: PlainError = { code: 'JOB_WORKER_LOST', problem, received, expected }
  return { status: 'failed', error, isTransient: true }
}

/** Tests whether an error or one of its causes may pass. */
function isTransient(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false
  const { code } = thrown as NodeJS.ErrnoException
  if (isFacekpError(thrown) && TRANSIENT_CODES.has(thrown.code)) return true
  return (code !== undefined && TRANSIENT_ERRNOS.has(code)) || isTransient(thrown.cause)
}
