import { join } from 'node:path'
import type { Command } from 'commander'
import { checkOutput } from '../check-output.ts'
import type { CommandContext, CommandResult } from '../command-context.ts'
import { defineCommand } from '../define-command.ts'

interface CompareFlags {
  readonly json?: boolean
  readonly out: string
  readonly overwrite?: boolean
}

/** Adds the command that compares trainings. */
export function defineCompare(program: Command, context: CommandContext): void {
  defineCommand(program, {
    usage: 'compare <runs...>',
    description: 'Compare the folders of trainings on one page: metrics with intervals, curves, settings that differ',
    example: 'facekp compare runs/a runs/b --out comparison',
  })
    .option('--out <folder>', 'folder of the page', 'comparison')
    .option('--overwrite', 'replace the page in that folder')
    .action(async (runs: string[], flags: CompareFlags) => context.report(flags, await compare(runs, flags)))
}

async function compare(folders: readonly string[], flags: CompareFlags): Promise<CommandResult> {
  const { out } = flags
  await checkOutput(out, { kind: 'folder', ...flags })
  const { readRuns } = await import('@facekp/recipes/node')
  const { compareRuns, writeComparison } = await import('@facekp/viz')
  const runs = await readRuns(folders)
  await writeComparison(await compareRuns(runs), out)
  const page = join(out, 'report.html')
  return {
    text: [...runs.map(({ label, metrics }) => `${label}: ${formatMetrics(metrics)}`), `page: ${page}`].join('\n'),
    json: { path: page, runs: runs.map(({ label, data, metrics, settings }) => ({ label, data, metrics, settings })) },
  }
}

function formatMetrics(metrics: Readonly<Record<string, { readonly value: number } | undefined>>): string {
  return Object.entries(metrics)
    .flatMap(([name, metric]) => (metric ? [`${name} ${Number(metric.value.toPrecision(4))}`] : []))
    .join(', ')
}
