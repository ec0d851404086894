const SUFFIX = /[ _:-](?:occluded|hidden|invisible)$/i

/** Splits a label such as `nose_hidden` into the point's name and whether it is marked as hidden, as people do in tools without visibility. */
export function splitHiddenSuffix(label: string): { readonly name: string; readonly isHidden: boolean } {
  const isHidden = SUFFIX.test(label)
  return { name: isHidden ? label.replace(SUFFIX, '') : label, isHidden }
}
