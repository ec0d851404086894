import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'

/** Describes the machine that results were measured on, with the number of cores that this process may use. */
export function describeMachine(): Record<string, unknown> {
  return { cpu: cpus()[0]?.model, cores: availableParallelism(), node: process.version, platform: process.platform }
}

/** Formats the machine as a sentence. */
export function machineSentence(): string {
  const items = Object.entries(describeMachine()).map(([name, value]) => `${name} ${value}`)
  return `Machine: ${items.join(', ')}.`
}

/** Writes NAME.json (machine and data) and NAME.md (lines) to a folder, and prints the lines. */
export function writeResults(folder: string, name: string, data: object, lines: readonly string[]): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify({ machine: describeMachine(), ...data }, null, 2)}\n`)
  writeFileSync(join(folder, `${name}.md`), lines.join('\n'))
  console.log(lines.join('\n'))
}

/** Formats a Markdown table whose columns are aligned. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((cells) => (cells[column] ?? '').length)))
  const line = widths.map((width) => '-'.repeat(width))
  return [head, line, ...rows].map((cells) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`)
}

/** Formats a number with a unit: two decimals below 10, else one; `not measured` if undefined. */
export function formatMeasured(value: number | undefined, unit: string): string {
  return value === undefined ? 'not measured' : `${value.toFixed(value < 10 ? 2 : 1)} ${unit}`
}

/** Formats a ratio; empty if either side is undefined. */
export function formatRatio(a: number | undefined, b: number | undefined): string {
  return a === undefined || b === undefined ? '' : (a / b).toFixed(2)
}

/** Formats a metric with its 95 % interval; `none` if undefined. */
export function formatInterval(
  interval: { readonly value: number; readonly low: number; readonly high: number } | undefined,
  format: (value: number) => string,
): string {
  if (interval === undefined) return 'none'
  return `${format(interval.value)} (${format(interval.low)} to ${format(interval.high)})`
}
