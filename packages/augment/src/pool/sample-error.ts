import { type FacekpError, fromPlainError, type PlainError } from '@facekp/core'

/** An error of a worker again, of its own code or `AUGMENT_WORKER`, naming the sample. */
export function errorOf(error: PlainError, sample: string): FacekpError {
  return fromPlainError({ ...error, problem: `${sample}: ${error.problem}` }, 'AUGMENT_WORKER')
}

/** What a sample is called in an error. */
export function sampleName(id: string | undefined, index: number): string {
  return id === undefined ? `sample number ${index}` : `sample ${id} (number ${index})`
}
