import { nearestName } from './nearest-name.ts'

/**
 * Describes an unknown name for an error: the known name that it resembles, or all known names.
 *
 * @returns `received` and `expected` of a {@link FacekpError}
 */
export function describeUnknownName(
  name: string,
  known: readonly string[],
): { readonly received: string; readonly expected?: string } {
  const nearest = nearestName(name, known)
  if (nearest !== undefined) return { received: `an unknown name: did you mean ${nearest}?` }
  return {
    received: 'an unknown name',
    expected: Array.isArray(known) && known.length > 0 ? known.join(', ') : 'a known name',
  }
}
