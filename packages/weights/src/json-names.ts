/**
 * Lists the names of the outermost object of a valid JSON text, in their order. Of two equal ones, `JSON.parse` keeps only the last.
 */
export function readJsonNames(text: string): string[] {
  const names: string[] = []
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (char === '{' || char === '[') depth++
    else if (char === '}' || char === ']') depth--
    else if (char === '"') {
      const start = i
      for (i++; text[i] !== '"'; i++) if (text[i] === '\\') i++
      const end = i + 1
      if (depth === 1 && /^\s*:/.test(text.slice(end, end + 100))) names.push(JSON.parse(text.slice(start, end)))
    }
  }
  return names
}
