import { type Dataset, groupShuffleSplit } from '@facekp/core'
import type { AnnotatedDataset } from '@facekp/data-formats/node'
import type { Recipe } from '@facekp/recipes'
import type { FitResult } from '@facekp/recipes/node'
import { type Command, Option } from 'commander'
import type { CommandContext, CommandResult } from '../command-context.ts'
import { addDataOptions, type DataFlags, readNamedData } from '../data-options.ts'
import { defineCommand } from '../define-command.ts'
import { parsePositive, parseWhole } from '../parse-number.ts'
import { PROJECT_FILE } from '../project.ts'
import { addBackendOption, type BackendFlags, withBackend } from '../use-landmarker.ts'

const RECIPES = ['faces', 'faces-small', 'course-1', 'course-2', 'course-3'] as const

interface TrainFlags extends DataFlags, BackendFlags {
  readonly json?: boolean
  readonly recipe: (typeof RECIPES)[number]
  readonly test?: string
  readonly out: string
  readonly override?: string[]
  readonly seed: number
  readonly weights?: string
  readonly timeLimit?: number
  readonly resume?: boolean
  readonly overwrite?: boolean
}

interface Splits {
  readonly train: Dataset
  readonly test: Dataset
  readonly source: string
}

/** Fraction of the images to test on if no test images are named. */
const TEST_FRACTION = 0.1

/** Adds the command that trains a network. */
export function defineTrain(program: Command, context: CommandContext): void {
  const command = defineCommand(program, {
    usage: 'train [data]',
    description:
      'Train a network by a recipe, for hundreds of labeled images or more; writes a landmarker and a report. Ctrl-C keeps the weights.',
    example: 'facekp train my-faces --recipe faces-small --out runs/first --override epochs=20',
  })
  addBackendOption(addDataOptions(command))
    .addOption(
      new Option('--recipe <name>', 'settings of network and training').choices(RECIPES).default('faces-small'),
    )
    .option('--test <data>', 'labeled images to test on (default: a tenth of the images)')
    .option('--out <folder>', 'folder of the run', 'runs/facekp')
    .option('--override <key=value...>', 'set values of the recipe, such as epochs=20 loss.kind=wing')
    .option('--seed <n>', 'of first weights, order and augmentation', parseWhole, 0)
    .option('--weights <source>', 'begin with the weights of a file, folder or name')
    .option('--time-limit <minutes>', 'stop at a checkpoint, from which --resume continues', parsePositive)
    .option('--resume', 'continue the run in that folder')
    .option('--overwrite', 'replace the run in that folder')
    .action(async (data: string | undefined, flags: TrainFlags) => {
      context.report(flags, await trainNetwork(data, flags, context))
    })
}

async function trainNetwork(
  data: string | undefined,
  flags: TrainFlags,
  { stderr }: CommandContext,
): Promise<CommandResult> {
  const { recipe: recipeName, out, seed, weights, timeLimit, resume, overwrite } = flags
  const { fit } = await import('@facekp/recipes/node')
  const recipe = await selectRecipe(flags)
  const splits = await readSplits(data, flags, recipe)
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
      log: (line) => void stderr.write(`${line}\n`),
    })
    result.model.dispose()
    return formatRun(out, splits, result)
  })
}

async function selectRecipe({ recipe, override = [] }: TrainFlags): Promise<Recipe> {
  const { faceRecipes, overrideRecipe, part1Recipes, part2Recipes, part3Recipes } = await import('@facekp/recipes')
  const recipes: Readonly<Record<TrainFlags['recipe'], Recipe>> = {
    ...faceRecipes,
    'course-1': part1Recipes.tuned,
    'course-2': part2Recipes.tuned,
    'course-3': part3Recipes.tuned,
  }
  return overrideRecipe(recipes[recipe], override)
}

async function readSplits(data: string | undefined, flags: TrainFlags, recipe: Recipe): Promise<Splits> {
  const labeled = await readFaces(data, flags, recipe)
  if (flags.test !== undefined) {
    const test = await readFaces(flags.test, flags, recipe)
    return { train: labeled.faces, test: test.faces, source: `${data ?? PROJECT_FILE}, tested on ${flags.test}` }
  }
  const groups = labeled.records.map(({ imagePath }) => imagePath)
  const { train, validation } = groupShuffleSplit(labeled.faces, groups, { fraction: TEST_FRACTION, seed: 0 })
  return { train, test: validation, source: `${data ?? PROJECT_FILE}, a tenth of the images held out` }
}

/** Reads gray faces as a recipe keeps them: crops around their boxes, or whole images if the recipe has no margin. */
async function readFaces(
  path: string | undefined,
  flags: TrainFlags,
  { margin, cachedCrop }: Recipe,
): Promise<{ readonly faces: Dataset; readonly records: AnnotatedDataset['records'] }> {
  if (margin !== undefined) {
    const faces = await readNamedData(path, flags, { channels: 1, crop: cachedCrop })
    return { faces, records: faces.records }
  }
  const { cacheGray } = await import('@facekp/recipes')
  const images = await readNamedData(path, flags)
  return { faces: cacheGray(images, cachedCrop), records: images.records }
}

function formatRun(out: string, { train, test }: Splits, { summary, landmarker }: FitResult): CommandResult {
  const { valErrorPx, meanShapeErrorPx, report, epochs, interrupted } = summary
  return {
    text: [
      `${train.length} training and ${test.length} test faces, ${epochs} epochs${interrupted ? ', interrupted' : ''}`,
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
