/**
 * Trains a network on landmarks of faces as well as we know how, and measures it by the field's figures, each with its interval.
 *
 *   pnpm landmarks --set 300w|dlib|imm --recipe large|small --data DIR --weights FILE --validate --change JSON
 *                  --epochs N --seed N --backend NAME --resume --out DIR
 *
 * Settings are chosen with --validate, which tests on faces that it takes out of the training part; the faces to test on are looked
 * at once a recipe. Leaves in its folder what part 3 does, and in model-folded/ the network to ship, which predicts the same in less time.
 */
import { join } from 'node:path'
import { describeBackends, releaseBackend, useBackend } from '@facekp/backend'
import { type Box, type Dataset, FacekpError, groupShuffleSplit, mapDataset, type Sample } from '@facekp/core'
import { type IbugDataset, readIbug, readIbug300W } from '@facekp/data-ibug/node'
import { readImm, splitImm } from '@facekp/data-imm/node'
import { graySample, resizeSample } from '@facekp/image'
import { foldBatchNorm } from '@facekp/models'
import { saveModel } from '@facekp/models/node'
import { z } from 'zod'
import { changedRecipe } from './lib/changed-recipe.ts'
import { type FaceFrame, STILL } from './lib/face-views.ts'
import { FACES_IN_THE_WILD } from './lib/faces-in-the-wild.ts'
import { ibugFolder } from './lib/ibug-faces.ts'
import { immFolder } from './lib/imm-faces.ts'
import { parseOptions } from './lib/options.ts'
import { makeOutFolder } from './lib/out-folder.ts'
import { runExample } from './lib/run.ts'
import { type FaceRecipe, type Faces, trainFaces } from './lib/train-faces.ts'

const USAGE = 'pnpm landmarks: trains a network on landmarks of faces as well as we know how, and measures it'

const RECIPES = {
  large: FACES_IN_THE_WILD,
  /** Sized for a page: one view, a few milliseconds. */
  small: {
    ...FACES_IN_THE_WILD,
    arch: 'heatmapNet32',
    atTest: { ...STILL, views: 1 },
  },
} satisfies Record<string, FaceRecipe>

/** Faces to train and to test on, and for each one to train on what a validation part must not tear apart: picture or person. */
interface FaceSet extends Faces {
  readonly keys: readonly (string | number)[]
}

/** The pictures of the IMM Face Database, 640 x 480, tell of no boxes: one for all, in which the faces to train on lie. */
const IMM_BOX: Box = { left: 193, top: 145, width: 280, height: 280 }

const SETS: Record<
  '300w' | 'dlib' | 'imm',
  {
    /** Epochs of this set for one of a recipe's: few pictures are seen more often. */
    readonly epochs: number
    readonly read: (data: string | undefined, kept: FaceFrame) => Promise<FaceSet>
  }
> = {
  '300w': {
    epochs: 1,
    async read(data, crop) {
      const folder = ibugFolder(data)
      const { train, common } = await readIbug300W(folder, { channels: 1, crop })
      return { source: `${folder}, 300-W protocol`, ...tested(train, common), keys: pictures(train) }
    },
  },
  dlib: {
    epochs: 1,
    async read(data, crop) {
      const folder = ibugFolder(data)
      const { train, test } = await readIbug(folder, { channels: 1, crop })
      return { source: `${folder}, dlib's split`, ...tested(train, test), keys: pictures(train) }
    },
  },
  imm: {
    epochs: 3,
    async read(data) {
      const folder = data ?? immFolder()
      if (folder === undefined) throw noImm()
      const faces = await readImm(folder)
      const { train, validation } = splitImm(faces)
      const people = faces.records.map(({ person }) => person)
      return {
        source: folder,
        ...tested(mapDataset(train, smallImm), mapDataset(validation, smallImm)),
        keys: people.slice(0, train.length),
      }
    },
  },
}

const MORE = {
  shape: {
    recipe: z.enum(['large', 'small']).default('large'),
    set: z.enum(['300w', 'dlib', 'imm']).default('300w'),
    weights: z.string().optional(),
    validate: z.boolean().default(false),
    change: z.string().optional(),
    resume: z.boolean().default(false),
  },
  help: `\
  --set NAME      300w (its protocol: train, tested on common; default), dlib (its own split), imm (people 1-32, tested on 33-40)
  --recipe NAME   large (default), small (for a page); in place of those above
  --weights W     begins with the weights of a file or folder
  --validate      tests on a tenth of the pictures (or people) to train on, which are left out of the training
  --change JSON   other settings of the recipe, such as '{"loss": {"kind": "wing"}}'
  --resume        goes on with a run that was broken off`,
}

await runExample(async () => {
  const options = parseOptions(process.argv.slice(2), USAGE, MORE)
  const set = SETS[options.set]
  const recipe = changedRecipe(RECIPES[options.recipe], options.change)
  const epochs = options.epochs ?? recipe.epochs * set.epochs
  const out = await makeOutFolder(options.out ?? join('runs', `landmarks-${options.set}-${options.recipe}`))

  const backend = await useBackend(options.backend)
  console.log(describeBackends())
  const faces = await set.read(options.data, recipe.kept)
  const { model } = await trainFaces(out, { ...recipe, epochs }, options.validate ? heldOut(faces) : faces, {
    title: `Landmarks: ${options.set}, ${options.recipe}`,
    options,
    backend,
    weights: options.weights,
    resume: options.resume,
  })
  await saveModel(foldBatchNorm(model), join(out, 'model-folded'))
  model.dispose()
  await releaseBackend()
})

function tested(train: Dataset, test: Dataset): Pick<Faces, 'train' | 'test' | 'originals' | 'watched'> {
  return { train, test, originals: test, watched: false }
}

/** Tests on a tenth of what there is to train on. */
function heldOut({ source, train, keys }: FaceSet): Faces {
  const parts = groupShuffleSplit(train, keys, { fraction: 0.1, seed: 0 })
  return {
    source: `${source}, a tenth of its training part held out`,
    ...tested(parts.train, parts.validation),
    watched: true,
  }
}

/** The pictures of faces: those of one picture stay together. */
function pictures({ records }: IbugDataset): string[] {
  return records.map(({ imagePath }) => imagePath)
}

function smallImm(sample: Sample): Sample {
  return resizeSample({ ...graySample(sample), box: IMM_BOX }, 320, 240)
}

function noImm(): FacekpError {
  return new FacekpError({
    code: 'DATA_MISSING',
    problem: 'there is no IMM Face Database',
    expected: '--data DIR with 01-1m.asf in it: fetchImm() of @facekp/data-imm/node downloads it',
  })
}
