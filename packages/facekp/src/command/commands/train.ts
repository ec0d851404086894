import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { checkWritable, RUN_FILES } from '@facekp/files'
import { formatCount } from '@facekp/options'
import type { Recipe } from '@facekp/recipes'
import type { FitResult } from '@facekp/recipes/node'
import { type Command, Option } from 'commander'
import type { CommandContext, CommandResult } from '../command-context.ts'
import { addDataOptions } from '../data-options.ts'
import { defineCommand } from '../define-command.ts'
import { parseCount, parseFold, parsePositive, parseWhole } from '../parse-number.ts'
import { findDataset, readTrainingData, type TrainingData, type TrainingDataFlags } from '../training-data.ts'
import { usageError } from '../usage-error.ts'
import { addBackendOption, type BackendFlags, withBackend } from '../use-landmarker.ts'

export const RECIPES = ['faces', 'faces-small', 'course-1', 'course-2', 'course-3'] as const

export interface TrainFlags extends TrainingDataFlags, BackendFlags {
  readonly json?: boolean
  readonly recipe: (typeof RECIPES)[number]
  readonly out: string
  readonly override?: string[]
  readonly seed: number
  readonly weights?: string
  readonly tensorboard?: string
  readonly timeLimit?: number
  readonly untilEpoch?: number
  readonly resume?: boolean
  readonly overwrite?: boolean
}

/** Adds the command that trains a network. */
export function defineTrain(program: Command, context: CommandContext): void {
  const command = defineCommand(program, {
    usage: 'train [data]',
    description:
      'Train a network by a recipe, for hundreds of labeled images or more; writes a landmarker and a report. [data] is labels, or a data set: imm, 300w or dlib, in the folder of --images or in FACEKP_DATA. Ctrl-C keeps the weights.',
    example: 'facekp train my-faces --recipe faces-small --out runs/first --override epochs=20',
  })
  addBackendOption(addDataOptions(command))
    .addOption(
      new Option('--recipe <name>', 'settings of network and training').choices(RECIPES).default('faces-small'),
    )
    .option(
      '--test <data>',
      'other labeled images to test on, of YOLO-pose the part test or else val (default: a tenth of the images; of a data set, its test faces)',
    )
    .option('--out <folder>', 'folder of the run', 'runs/facekp')
    .option('--override <key=value...>', 'set values of the recipe, such as epochs=20 loss.kind=wing')
    .option('--seed <n>', 'of first weights, order and augmentation', parseWhole, 0)
    .option('--weights <source>', 'begin with the weights of a file, folder or name')
    .option('--tensorboard <folder>', 'write the curves as event files of TensorBoard')
    .option('--time-limit <minutes>', 'stop at a checkpoint, from which --resume continues', parsePositive)
    .option('--until-epoch <n>', 'stop at a checkpoint after epoch n, from which --resume continues', parseCount())
    .option('--fold <i/k>', 'test on part i of k parts of the images, for a cross-validation', parseFold)
    .option('--resume', 'continue the run in that folder, if there is one')
    .option('--overwrite', 'replace the run in that folder')
    .action(async (data: string | undefined, flags: TrainFlags) => {
      context.report(flags, await trainNetwork(data, flags, context))
    })
}

async function trainNetwork(
  data: string | undefined,
  flags: TrainFlags,
  { stderr, signal }: CommandContext,
): Promise<CommandResult> {
  const { recipe: recipeName, out, seed, weights, timeLimit, untilEpoch, tensorboard } = flags
  const { resume, overwrite } = flags
  const log = (line: string): void => void stderr.write(`${line}\n`)
  const { checkRunDir, fit } = await import('@facekp/recipes/node')
  const { tensorBoard } = await import('@facekp/trainer/node')
  const recipe = await selectRecipe(data, flags)
  await checkRunDir(out, flags)
  if (tensorboard !== undefined) await checkWritable(tensorboard, { kind: 'folder', code: 'OUTPUT_NOT_WRITTEN' })
  if (resume && !hasRun(out)) log(`no run in ${out}: a new one begins`)
  const splits = await readTrainingData(data, flags, recipe)
  checkPointCount(splits, recipe, recipeName)
  signal.throwIfAborted()
  return withBackend(flags, async () => {
    const result = await fit({
      ...splits,
      recipe,
      recipeName,
      out,
      seed,
      weights,
      resume,
      overwrite,
      timeLimitMinutes: timeLimit,
      untilEpoch,
      log,
      signal,
      callbacks: tensorboard === undefined ? [] : [tensorBoard(tensorboard)],
    })
    result.model.dispose()
    return formatRun(out, splits, result)
  })
}

/** Refuses labels of several points for the network of a single one. */
function checkPointCount({ train }: TrainingData, { arch }: Recipe, recipeName: string): void {
  const count = train.scheme.pointNames.length
  if (arch !== 'noseNet' || count === 1) return
  throw usageError(
    '--recipe',
    `a recipe for ${count} points, such as course-2; or labels of a single point`,
    recipeName,
  )
}

function hasRun(folder: string): boolean {
  return RUN_FILES.some((name) => existsSync(join(folder, name)))
}

/** Returns the recipe that the options name for some data, with its overrides. */
export async function selectRecipe(
  data: string | undefined,
  { recipe, override = [] }: Pick<TrainFlags, 'recipe' | 'override'>,
): Promise<Recipe> {
  const { faceRecipesFor, overrideRecipe, part1Recipes, part2Recipes, part3Recipes } = await import('@facekp/recipes')
  const recipes: Readonly<Record<TrainFlags['recipe'], Recipe>> = {
    ...faceRecipesFor(findDataset(data) ?? '300w'),
    'course-1': part1Recipes.tuned,
    'course-2': part2Recipes.tuned,
    'course-3': part3Recipes.tuned,
  }
  return overrideRecipe(recipes[recipe], override)
}

function formatRun(out: string, { train, test }: TrainingData, { summary, landmarker }: FitResult): CommandResult {
  const { valErrorPx, meanShapeErrorPx, report, epochs, interrupted } = summary
  return {
    text: [
      `${train.length} training and ${test.length} test faces, ${formatCount(epochs, 'epoch')}${interrupted ? ', interrupted' : ''}`,
      `test error: ${valErrorPx.toFixed(2)} px (mean shape ${meanShapeErrorPx.toFixed(2)} px)`,
      `report: ${report}`,
      landmarker ? `landmarker: ${out}/landmarker` : 'no landmarker: the detector finds none of the training faces',
    ].join('\n'),
    json: {
      path: out,
      trainFaces: train.length,
      testFaces: test.length,
      hasLandmarker: landmarker !== undefined,
      summary,
    },
  }
}
