/** Creates a function that makes the id of the next face of an image: the image's path, with `#2`, `#3` ... for its further faces. */
export function createFaceIds(): (file: string) => string {
  const counts = new Map<string, number>()
  return (file) => {
    const count = (counts.get(file) ?? 0) + 1
    counts.set(file, count)
    return count === 1 ? file : `${file}#${count}`
  }
}
