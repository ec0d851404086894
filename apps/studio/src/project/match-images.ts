/**
 * Matches files to images by their paths: equal ones, or else those with the longest common end, at least the name. A file that fits several images equally
 * well, or not as well as another file, has none.
 *
 * @param getPath returns the path of the file that belongs to an image (default: that of the image)
 * @returns images by the files
 */
export function matchImages(
  files: Iterable<string>,
  images: readonly string[],
  getPath: (image: string) => string = (image) => image,
): ReadonlyMap<string, string> {
  const imagesByName = groupByName(images.map((image) => createEntry(image, getPath(image))))
  const filesByName = groupByName(Array.from(files, (file) => createEntry(file, file)))
  const matches = new Map<string, string>()
  for (const [name, group] of filesByName) {
    for (const file of group) {
      const image = findNearest(file, imagesByName.get(name) ?? [])
      if (image && findNearest(image, group) === file) matches.set(file.value, image.value)
    }
  }
  return matches
}

interface Entry {
  readonly value: string
  /** Parts of the path, the name first. */
  readonly parts: readonly string[]
}

function createEntry(value: string, path: string): Entry {
  const parts = path.normalize('NFC').split(/[/\\]/)
  return { value, parts: parts.filter((part) => part !== '.').reverse() }
}

function groupByName(entries: readonly Entry[]): ReadonlyMap<string, readonly Entry[]> {
  const groups = new Map<string, Entry[]>()
  for (const entry of entries) {
    const name = entry.parts[0] ?? ''
    const group = groups.get(name)
    if (group) group.push(entry)
    else groups.set(name, [entry])
  }
  return groups
}

/** Finds the entry with the longest common end; undefined if several have it. */
function findNearest({ parts }: Entry, entries: readonly Entry[]): Entry | undefined {
  let nearest: Entry | undefined
  let longest = 0
  for (const entry of entries) {
    const length = measureCommonEnd(parts, entry.parts)
    if (length < longest) continue
    nearest = length === longest ? undefined : entry
    longest = length
  }
  return nearest
}

/** Counts equal parts at the ends of two paths; infinite for equal paths. */
function measureCommonEnd(a: readonly string[], b: readonly string[]): number {
  const length = a.findIndex((part, index) => part !== b[index])
  if (length >= 0) return length
  return a.length === b.length ? Infinity : a.length
}
