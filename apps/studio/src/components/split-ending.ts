/** Splits the name of a file before its ending, such as `.png`; the ending is empty if the name has no dot. */
export function splitEnding(name: string): { readonly stem: string; readonly ending: string } {
  const ending = /(?<=.)\.\w+$/.exec(name)?.[0] ?? ''
  return { stem: name.slice(0, name.length - ending.length), ending }
}
