import { formatCount } from '@facekp/options'
import type { Command } from 'commander'
import { checkPage } from '../check-page.ts'
import type { CommandContext, CommandResult } from '../command-context.ts'
import { addDataOptions, type DataFlags, readNamedData } from '../data-options.ts'
import { defineCommand } from '../define-command.ts'
import { showProgress } from '../show-progress.ts'
import { translate } from '../translate-options.ts'

interface CheckFlags extends DataFlags {
  readonly json?: boolean
  readonly report?: string
}

/** Adds the command that lists all faults of labeled images. */
export function defineCheck(program: Command, context: CommandContext): void {
  const command = defineCommand(program, {
    usage: 'check [data...]',
    description: 'List all faults of labeled images; several files are checked as splits of one dataset',
    example: 'facekp check my-faces --report check.html',
  })
  addDataOptions(command)
    .option('--report <file>', 'write a page with a thumbnail of each fault')
    .action(async (paths: string[], flags: CheckFlags) => {
      context.report(flags, await check(paths, flags, context))
    })
}

async function check(
  paths: readonly string[],
  flags: CheckFlags,
  { stderr, signal }: CommandContext,
): Promise<CommandResult> {
  if (flags.report !== undefined) await checkPage(flags.report)
  const { checkDataset, formatReport } = await import('@facekp/data-formats')
  const [firstPath, ...otherPaths] = paths
  const first = await readNamedData(firstPath, flags, { missingImages: 'keep' })
  // Shapes are compared across splits, whose files may list the points in another order.
  const { scheme } = first
  const others = await Promise.all(
    otherPaths.map((path) => readNamedData(path, flags, { missingImages: 'keep', scheme })),
  )
  const datasets = [first, ...others]
  const splits = Object.fromEntries(paths.map((path, i) => [path, datasets[i] as typeof first]))
  const checked = datasets.length === 1 ? first : splits
  const untranslated = await showProgress({ label: 'check', unit: 'images', stream: stderr }, (onProgress) =>
    checkDataset(checked, { onProgress, signal }),
  )
  const faults = untranslated.faults.map((fault) => ({ ...fault, message: translate(fault.message) }))
  const result = { ...untranslated, faults }
  if (flags.report !== undefined) {
    const { writeDatasetCheck } = await import('@facekp/viz')
    await writeDatasetCheck(result, checked, flags.report, { signal })
  }
  const reports = datasets.map(({ report }) => report)
  const prefix = (split: string): string => (datasets.length === 1 ? '' : `${split}: `)
  return {
    text: [
      ...reports.map(formatReport),
      ...result.faults.map(({ split, id, message }) => `${prefix(split)}${id}: ${message}`),
      `${formatCount(result.samples, 'face')}, ${formatCount(result.faults.length, 'fault')}`,
      ...(flags.report === undefined ? [] : [`page: ${flags.report}`]),
    ].join('\n'),
    json: { reports, ...result },
    isSuccess: result.faults.length === 0,
  }
}
