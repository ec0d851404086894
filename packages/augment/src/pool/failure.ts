import { FacekpError, isFacekpError } from '@facekp/core'

/** An error as it travels between threads, where an error loses what is its own. */
export interface Failure {
  readonly code?: string
  readonly problem: string
  readonly file?: string | undefined
  readonly line?: number | undefined
  readonly received?: string | undefined
  readonly expected?: string | undefined
  readonly stack?: string | undefined
}

export function failureOf(error: unknown): Failure {
  if (isFacekpError(error)) {
    const { code, problem, file, line, received, expected, stack } = error
    return { code, problem, file, line, received, expected, stack }
  }
  return { problem: error instanceof Error ? error.message : String(error), stack: (error as Error | undefined)?.stack }
}

/** The error again, of its own code or `AUGMENT_WORKER`, naming the sample; its cause shows where in the worker it arose. */
export function errorOf({ stack, ...failure }: Failure, sample: string): FacekpError {
  const cause = new Error(failure.problem)
  if (stack !== undefined) cause.stack = stack
  return new FacekpError({ code: 'AUGMENT_WORKER', ...failure, problem: `${sample}: ${failure.problem}`, cause })
}

/** What a sample is called in an error. */
export function sampleName(id: string | undefined, index: number): string {
  return id === undefined ? `sample number ${index}` : `sample ${id} (number ${index})`
}
