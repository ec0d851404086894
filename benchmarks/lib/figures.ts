import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { machine } from './peer.ts'

/** What the figures were measured on, as a sentence. */
export function machineSentence(): string {
  const told = Object.entries(machine()).map(([name, value]) => `${name} ${value}`)
  return `Machine: ${told.join(', ')}.`
}

/** Writes NAME.json, the machine and what was measured, and NAME.md, its lines, beside the benchmarks; and says the lines. */
export function writeFigures(name: string, measured: object, lines: readonly string[]): void {
  const file = (ending: string): string => fileURLToPath(new URL(`../${name}.${ending}`, import.meta.url))
  writeFileSync(file('json'), `${JSON.stringify({ machine: machine(), ...measured }, null, 2)}\n`)
  writeFileSync(file('md'), lines.join('\n'))
  console.log(lines.join('\n'))
}

/** The lines of a table in Markdown. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
}
