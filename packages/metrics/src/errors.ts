import { FacekpError } from '@facekp/core'

/** Creates the error for an evaluation without faces. */
export function noFacesError(): FacekpError {
  return new FacekpError({
    code: 'METRIC_EMPTY',
    problem: 'no faces to evaluate',
    received: '0 faces',
    expected: 'at least one face with a labeled point',
  })
}
