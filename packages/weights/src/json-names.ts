/**
 * The names of the outermost object of a JSON text, which is known to be right, in their order; `JSON.parse` keeps only the last
 * of two that are the same.
 */
export function readJsonNames(text: string): string[] {
  const names: string[] = []
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '{' || char === '[') depth++
    else if (char === '}' || char === ']') depth--
    else if (char === '"') {
      const start = at
      for (at++; text[at] !== '"'; at++) if (text[at] === '\\') at++
      const end = at + 1
      if (depth === 1 && /^\s*:/.test(text.slice(end, end + 100))) names.push(JSON.parse(text.slice(start, end)))
    }
  }
  return names
}
