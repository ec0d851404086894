/** Joins the first names for an error, and says how many more there are. */
export function joinSome(names: readonly string[], max = 5): string {
  const others = names.length > max ? ` and ${names.length - max} more` : ''
  return `${names.slice(0, max).join(', ')}${others}`
}
