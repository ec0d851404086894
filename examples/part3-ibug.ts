/**
 * Part 3 of the course: a network finds the 68 points of iBUG's faces in the wild.
 *
 *   pnpm part3 --data DIR --recipe course|tuned --arch NAME --antialias --weights FILE|NAME|none --size N
 *              --epochs N --seed N --backend NAME --photos DIR --minutes N --resume --out DIR
 *
 * Leaves in its folder: report.html (open it), summary.json, errors.json, submission.csv, history.jsonl, run.json (what the run follows
 * from), the network in model/, the figures in figures/, and checkpoints/, from which --resume goes on with a run that was broken off.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compose } from '@facekp/augment'
import { describeBackends, releaseBackend, useBackend } from '@facekp/backend'
import { IBUG_68 } from '@facekp/core'
import { formatSubmission } from '@facekp/data-ibug'
import { readIbug } from '@facekp/data-ibug/node'
import { listModels } from '@facekp/models'
import { z } from 'zod'
import { movedFace, STILL } from './lib/face-views.ts'
import { FACES_IN_THE_WILD } from './lib/faces-in-the-wild.ts'
import { ibugFolder } from './lib/ibug-faces.ts'
import { parseOptions, wholeNumber } from './lib/options.ts'
import { makeOutFolder } from './lib/out-folder.ts'
import { photographSheet, photographs } from './lib/photographs.ts'
import { runExample } from './lib/run.ts'
import { type FaceRecipe, trainFaces } from './lib/train-faces.ts'

const USAGE = 'pnpm part3: trains a network on the 68 points of iBUG faces in the wild and writes a report'

const RECIPES: Record<'course' | 'tuned', FaceRecipe> = {
  course: {
    arch: 'resnet50',
    antialias: true,
    size: 240,
    margin: 0.2,
    kept: { size: 272, margin: 0.3 },
    epochs: 40,
    batchSize: 16,
    // 5e-4, and 1e-4 from the middle on.
    learningRate: { kind: 'step', learningRate: 5e-4, milestones: [20], factor: 0.2 },
    loss: { kind: 'mse' },
    augmentation: { degrees: 15, scale: 1, shift: 0, mirrored: 0, contrast: 0, brightness: 0.2, shade: 0, occluded: 0 },
    atTest: { ...STILL, views: 1 },
  },
  tuned: FACES_IN_THE_WILD,
}

const NAMES = listModels()
  .filter(({ supportedOptions }) => supportedOptions.includes('inputSize') && supportedOptions.includes('numKeypoints'))
  .map(({ name }) => name)

const MORE = {
  shape: {
    arch: z.enum(NAMES).optional(),
    antialias: z.boolean().optional(),
    weights: z.string().default('none'),
    size: wholeNumber.pipe(z.number().min(32)).optional(),
    photos: z.string().optional(),
    minutes: wholeNumber.pipe(z.number().positive()).optional(),
    resume: z.boolean().default(false),
  },
  help: `\
  --arch NAME     ${NAMES.join(', ')} (default: the recipe's)
  --antialias     blurs before it strides (the course's recipe does, where no --arch is named)
  --weights W     a file, an address or a name such as torchvision/resnet50.imagenet1k_v1; none (default)
  --size N        side of what the network sees, in pixels (default: the recipe's)
  --photos DIR    photographs of your own; boxes.csv among them tells where the faces are
  --minutes N     stops after so many minutes at a checkpoint
  --resume        goes on with a run that was broken off`,
}

await runExample(async () => {
  const options = parseOptions(process.argv.slice(2), USAGE, MORE)
  const recipe = recipeOf(options)
  const folder = ibugFolder(options.data)
  const photos = options.photos === undefined ? undefined : await photographs(options.photos, IBUG_68)
  const out = await makeOutFolder(options.out ?? join('runs', `part3-${options.recipe}`))

  const backend = await useBackend(options.backend)
  console.log(describeBackends())
  const faces = await readIbug(folder, {
    channels: 1,
    crop: { size: recipe.kept.size, margin: recipe.kept.margin },
  })
  const { model, measured } = await trainFaces(
    out,
    recipe,
    { source: folder, ...faces, originals: faces.test, watched: true },
    {
      title: 'Part 3: faces in the wild',
      options,
      backend,
      weights: options.weights === 'none' ? undefined : options.weights,
      resume: options.resume,
      minutes: options.minutes,
      async moreFigures(model) {
        if (photos === undefined) return []
        const view = compose(movedFace(recipe.atTest, recipe, photos.scheme))
        return [await photographSheet(photos, model, view, { views: recipe.atTest.views, seed: options.seed })]
      },
    },
  )
  await writeFile(join(out, 'submission.csv'), formatSubmission(measured.map(({ predicted }) => predicted)))
  model.dispose()
  await releaseBackend()
})

/** The recipe with what the command line changes. */
function recipeOf(options: ReturnType<typeof parseOptions<typeof MORE.shape>>): FaceRecipe {
  const recipe = RECIPES[options.recipe]
  const size = options.size ?? recipe.size
  return {
    ...recipe,
    ...(options.epochs ? { epochs: options.epochs } : {}),
    ...(options.arch ? { arch: options.arch, antialias: false } : {}),
    ...(options.antialias ? { antialias: true } : {}),
    size,
    kept: { ...recipe.kept, size: Math.round((recipe.kept.size * size) / recipe.size) },
  }
}
