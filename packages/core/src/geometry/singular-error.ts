import { FacekpError } from '../errors.ts'

/** Creates the error of a map of points that has no inverse. */
export function singularError(code: 'AFFINE_SINGULAR' | 'WARP_SINGULAR', received: string): FacekpError {
  return new FacekpError({ code, problem: 'the map has no inverse', received, expected: 'an invertible map' })
}
