import { basename, dirname, join, resolve } from 'node:path'
import { fromPlainError } from '@facekp/core'
import { checkWritable, writeFileAtomic } from '@facekp/files'
import type { JobResult } from '@facekp/jobs'
import { formatCount } from '@facekp/options'
import type { Recipe } from '@facekp/recipes'
import type { SweepRow, SweepTraining } from '@facekp/recipes/node'
import { type Command, Option } from 'commander'
import type { CommandContext, CommandResult } from '../command-context.ts'
import { addExecutorOptions, createExecutor, type ExecutorFlags } from '../create-executor.ts'
import { addDataOptions, type DataFlags } from '../data-options.ts'
import { defineCommand } from '../define-command.ts'
import { formatError } from '../format-error.ts'
import { parseCount } from '../parse-number.ts'
import { PROJECT_FILE } from '../project-file.ts'
import { checkKnownFlags, findDataset, readTrainingData } from '../training-data.ts'
import type { TrainingJob, TrainingResult } from '../training-job.ts'
import { usageError } from '../usage-error.ts'
import { addBackendOption, type BackendFlags } from '../use-landmarker.ts'
import { RECIPES, selectRecipe, type TrainFlags } from './train.ts'

interface SweepFlags extends ExecutorFlags, DataFlags, BackendFlags, Pick<TrainFlags, 'recipe' | 'override' | 'test'> {
  readonly json?: boolean
  readonly param: string[]
  readonly trials: number
  readonly seeds: number
  readonly folds?: number
  readonly out: string
}

/** Largest number of runs on the comparison page. */
const MAX_COMPARED = 12

/** Adds the command that searches for the best values of a recipe. */
export function defineSweep(program: Command, context: CommandContext): void {
  const command = defineCommand(program, {
    usage: 'sweep [data]',
    description:
      'Search for the best values of a recipe: random trials, of which the better third is trained on (ASHA). [data] is as for train, or a facekp.json. The same command goes on where it was interrupted.',
    example: 'facekp sweep facekp.json --param lr=1e-4..1e-2:log --param loss=wing,star --trials 20 --seeds 3',
  })
  addExecutorOptions(addBackendOption(addDataOptions(command)))
    .requiredOption('--param <key=values...>', 'what varies: key=a,b or key=low..high or key=low..high:log')
    .option('--trials <n>', 'draws of the values', parseCount(), 10)
    .option('--seeds <n>', 'trainings of each trial with different seeds', parseCount(), 1)
    .option('--folds <k>', 'cross-validation over k parts of the images', parseCount())
    .addOption(new Option('--recipe <name>', 'settings that are varied').choices(RECIPES).default('faces-small'))
    .option('--override <key=value...>', 'set values of the recipe')
    .option('--test <data>', 'labeled images to test on (default: a tenth of the images, or the folds)')
    .option('--out <folder>', 'folder of the sweep', 'runs/sweep')
    .action(async (data: string | undefined, flags: SweepFlags) => {
      context.report(flags, await sweep(data, flags, context))
    })
}

async function sweep(data: string | undefined, flags: SweepFlags, context: CommandContext): Promise<CommandResult> {
  if (flags.folds === 1) throw usageError('--folds', 'at least 2', '1')
  if (flags.folds && (flags.test !== undefined || findDataset(data) !== undefined)) {
    throw usageError('--folds', 'labels without test images of their own')
  }
  const { parseSearchSpace } = await import('@facekp/recipes')
  const { createSweepTable, runSweep } = await import('@facekp/recipes/node')
  const { createJob } = await import('@facekp/jobs')
  const recipe = await selectRecipe(data, flags)
  const space = parseSearchSpace(recipe, flags.param)
  await checkWritable(flags.out, { kind: 'folder', code: 'OUTPUT_NOT_WRITTEN' })
  await checkLabels(data, flags, recipe)
  const executor = await createExecutor(flags, context)
  try {
    const { trials, seeds, folds, workers } = flags
    const rows = await createSweepTable(
      await runSweep({
        ...{ space, trials, seeds, folds, executor, epochs: recipe.epochs },
        // The workers of a queue may be any number, and take what is in it one after another.
        parallel: workers ?? (flags.executor === 'bullmq' ? trials : 1),
        out: resolve(flags.out),
        signal: context.signal,
        createJob: (training) =>
          createJob({ module: 'facekp/training-job', args: { ...createTrainingJob(data, flags, training) } }),
        onResult: (result) => void context.stderr.write(`${formatResult(result)}\n`),
      }),
    )
    return await writeSweep(rows, flags.out)
  } finally {
    await executor.close()
  }
}

/** Formats the result of a training as a line, and an error as several. */
function formatResult({ job, ...result }: JobResult): string {
  const name = basename((job.args as unknown as TrainingJob).out)
  if (result.status === 'failed') return `${name}: ${formatError(fromPlainError(result.error, 'JOB_FAILED'))}`
  const { epochs, valErrorPx } = result.value as unknown as TrainingResult
  return `${name}: error ${valErrorPx.toFixed(2)} px after ${formatCount(epochs, 'epoch')}`
}

/** Throws what each training would: labels that cannot be read are one error, not one for each trial. */
async function checkLabels(data: string | undefined, flags: SweepFlags, recipe: Recipe): Promise<void> {
  const dataset = findDataset(data)
  if (dataset !== undefined) return checkKnownFlags(dataset, flags)
  const isProject = data === undefined || basename(data) === PROJECT_FILE
  // The paths in a project are relative to its folder, in which its trainings run.
  if (isProject && resolve(dirname(data ?? PROJECT_FILE)) !== process.cwd()) return
  const { folds } = flags
  const trainingFlags = { ...flags, ...(folds && { fold: { fold: 1, folds } }) }
  await readTrainingData(isProject ? undefined : data, trainingFlags, recipe)
}

/** Creates the arguments of a training. All paths are absolute: a worker has another working folder. */
export function createTrainingJob(
  data: string | undefined,
  flags: Omit<SweepFlags, keyof ExecutorFlags | 'param' | 'trials' | 'seeds' | 'out'>,
  training: SweepTraining,
): TrainingJob {
  const isProject = data === undefined || basename(data) === PROJECT_FILE
  const { images, category, split, orientation, recipe, override = [], test, backend } = flags
  const { overrides, seed, fold, untilEpoch, out } = training
  const options = {
    ...{ images: images && resolve(images), category, split, orientation },
    ...{ recipe, test: test && resolve(test), backend },
    ...{ seed, out, 'until-epoch': untilEpoch, fold: fold && `${fold}/${flags.folds}` },
  }
  const args = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, String(value)],
  )
  return {
    cwd: resolve(isProject ? dirname(data ?? PROJECT_FILE) : '.'),
    args: [
      ...(isProject ? [] : [findDataset(data) ?? resolve(data)]),
      ...args,
      '--override',
      ...override,
      ...overrides,
    ],
    out,
  }
}

/** Writes the table and the comparison page of the best trials. */
async function writeSweep(rows: readonly SweepRow[], out: string): Promise<CommandResult> {
  const { formatSweepTable, readRuns } = await import('@facekp/recipes/node')
  const { compareRuns, writeComparison } = await import('@facekp/viz')
  const table = formatSweepTable(rows)
  await writeFileAtomic(join(out, 'sweep.md'), `${table}\n`, 'OUTPUT_NOT_WRITTEN')
  await writeFileAtomic(join(out, 'sweep.json'), `${JSON.stringify(rows, null, 2)}\n`, 'OUTPUT_NOT_WRITTEN')
  const finished = rows.filter(({ errorPx }) => errorPx)
  const compared = finished.flatMap(({ folders }) => folders).slice(0, MAX_COMPARED)
  const page = join(out, 'comparison', 'report.html')
  if (compared.length > 1) await writeComparison(await compareRuns(await readRuns(compared)), join(out, 'comparison'))
  return {
    text: [table, ...(compared.length > 1 ? [`page: ${page}`] : [])].join('\n'),
    json: { path: out, trials: rows },
    isSuccess: finished.length > 0,
  }
}
