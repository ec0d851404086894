const LENGTH = 200_000

/** Makes a content that shows its generation in each byte, and is long enough to be written in several steps. */
export function fill(generation: number): string {
  const text = `${generation} `
  return text.repeat(Math.ceil(LENGTH / text.length)).slice(0, LENGTH)
}

/** Returns the generation of a content; throws if it is not whole. */
export function readGeneration(content: string): number {
  const generation = Number.parseInt(content, 10)
  if (content !== fill(generation))
    throw new Error(`generation ${generation} is not whole: ${content.length} characters`)
  return generation
}
