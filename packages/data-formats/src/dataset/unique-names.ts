import { parse, posix } from 'node:path'

/** Creates a function that makes file names unique, also if case is ignored: the second `a.png` becomes `a-2.png`. */
export function createUniqueNames(): (name: string) => string {
  const used = new Set<string>()
  return (name) => {
    const { dir, name: stem, ext } = parse(name)
    let unique = name
    for (let copy = 2; used.has(unique.toLowerCase()); copy++) unique = posix.join(dir, `${stem}-${copy}${ext}`)
    used.add(unique.toLowerCase())
    return unique
  }
}
