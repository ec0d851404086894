import { type FacekpError, fromPlainError, type PlainError } from '@facekp/core'

/** Restores the error of a worker, with its own code or `AUGMENT_WORKER`, and the sample's name. */
export function restoreSampleError(error: PlainError, sample: string): FacekpError {
  return fromPlainError({ ...error, problem: `${sample}: ${error.problem}` }, 'AUGMENT_WORKER')
}

/** Formats the name of a sample in errors. */
export function formatSampleName(id: string | undefined, index: number): string {
  return id === undefined ? `sample number ${index}` : `sample ${id} (number ${index})`
}
