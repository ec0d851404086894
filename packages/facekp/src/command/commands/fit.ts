import type { FewShotResult } from '@facekp/landmarker'
import { formatCount } from '@facekp/options'
import type { Command } from 'commander'
import { checkOutput } from '../check-output.ts'
import type { CommandContext, CommandResult } from '../command-context.ts'
import { addDataOptions, type DataFlags, readNamedData } from '../data-options.ts'
import { defineCommand } from '../define-command.ts'
import { groupImages } from '../group-images.ts'
import { parseText } from '../parse-text.ts'
import { showProgress } from '../show-progress.ts'
import { addBackendOption, type BackendFlags, withBackend } from '../use-landmarker.ts'

interface FitFlags extends DataFlags, BackendFlags {
  readonly json?: boolean
  readonly out: string
  readonly groups?: string
  readonly license?: string
  readonly source?: string
  readonly overwrite?: boolean
}

/** Adds the command that fits a landmarker to a few labeled images. */
export function defineFit(program: Command, context: CommandContext): void {
  const command = defineCommand(program, {
    usage: 'fit [data]',
    description: 'Fit a landmarker to a few labeled images, in seconds; lists labels that are probably wrong',
    example: 'facekp fit my-faces --out my-landmarker',
  })
  addBackendOption(addDataOptions(command))
    .option('--out <folder>', 'folder of the landmarker', 'landmarker')
    .option(
      '--groups <regex>',
      'leave images out together for the error, such as those of a person: images whose paths match the same text, e.g. "^\\d+"',
    )
    .option('--license <text>', 'license of the landmarker, such as CC-BY-4.0', parseText)
    .option('--source <text>', 'source, owner and license of the images', parseText)
    .option('--overwrite', 'replace the landmarker in that folder')
    .action(async (data: string | undefined, flags: FitFlags) => {
      context.report(flags, await fit(data, flags, context))
    })
}

async function fit(
  path: string | undefined,
  flags: FitFlags,
  { stderr, signal }: CommandContext,
): Promise<CommandResult> {
  const { out } = flags
  await checkOutput(out, { kind: 'folder', ...flags })
  const { readProject } = await import('../project.ts')
  const project = path === undefined ? await readProject() : undefined
  const { license = project?.license, source = project?.source } = flags
  const { checkLandmarkerFolder, saveLandmarker } = await import('@facekp/landmarker/node')
  await checkLandmarkerFolder(out, { license, data: source })
  const dataset = await readNamedData(path, flags)
  const groups = flags.groups === undefined ? undefined : groupImages(dataset, flags.groups)
  const result = await withBackend(flags, async () => {
    const { fitFewShot } = await import('@facekp/landmarker')
    return showProgress({ label: 'fit', unit: 'images', stream: stderr }, (onProgress) =>
      fitFewShot(dataset, {
        signal,
        ...(groups && { groups: ({ id }) => groups.get(id) as string }),
        onProgress: ({ stage, done, total }) => onProgress(done, total, stage),
      }),
    )
  })
  await saveLandmarker(result.model, out, { license, data: source })
  const { model, ...findings } = result
  return {
    text: `${formatFit(result)}\nlandmarker: ${out}`,
    json: { path: out, points: model.scheme.pointNames, metrics: model.metrics, ...findings },
  }
}

function formatFit({ model, outliers, missed, refinement }: FewShotResult): string {
  const { metrics, scheme } = model
  const nme = metrics.nme === undefined ? '' : `, NME ${(100 * metrics.nme).toFixed(2)} %`
  const width = Math.max(...scheme.pointNames.map(({ length }) => length))
  return [
    `${formatCount(metrics.images, 'face')}; mean error on faces left out of the fit: ${metrics.errorPx.toFixed(2)} px${nme}`,
    ...scheme.pointNames.map((name, point) => `  ${name.padEnd(width)}  ${formatPx(metrics.errorPxByPoint[point])}`),
    ...(refinement === undefined ? [] : [refinement.reason]),
    ...(outliers.length === 0 ? [] : ['labels that are probably wrong:']),
    ...outliers.map(({ id, pointName, errorPx }) => `  ${id}: ${pointName}, ${errorPx.toFixed(1)} px off`),
    ...missed.map((id) => `no face found at the labels: ${id}`),
  ].join('\n')
}

function formatPx(errorPx: number | null | undefined): string {
  return typeof errorPx === 'number' ? `${errorPx.toFixed(2)} px` : 'not measured'
}
