/** Finds the known name that differs least from `name`, by at most a third of its letters and case. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (typeof name !== 'string' || !Array.isArray(known)) return undefined
  const names = known.filter((candidate) => typeof candidate === 'string')
  const distances = names.map((candidate) => editDistance(name.toLowerCase(), candidate.toLowerCase()))
  const least = Math.min(...distances)
  return least <= Math.max(1, name.length / 3) ? names[distances.indexOf(least)] : undefined
}

/** Computes the Levenshtein distance of two strings. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substitution, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
