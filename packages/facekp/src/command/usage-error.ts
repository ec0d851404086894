import { FacekpError } from '@facekp/core'

/** Creates the error of an option that has no value or an unsuitable one. */
export function usageError(option: string, expected: string, received = 'none'): FacekpError {
  return new FacekpError({ code: 'OPTION_INVALID', problem: `option ${option}`, expected, received })
}
