import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Dataset, groupKFold, groupShuffleSplit, isFacekpError, type KeypointScheme } from '@facekp/core'
import type { AnnotatedDataset, ReadDatasetOptions } from '@facekp/data-formats/node'
import { decodeText } from '@facekp/files'
import { formatCount } from '@facekp/options'
import type { FaceDatasetName, Recipe } from '@facekp/recipes'
import { type DataFlags, readNamedData } from './data-options.ts'
import type { Fold } from './parse-number.ts'
import { checkNoProject, PROJECT_FILE } from './project-file.ts'
import { usageError } from './usage-error.ts'

/** Faces to train and to test on. */
export interface TrainingData {
  readonly train: Dataset
  readonly test: Dataset
  /** Description of the data. */
  readonly source: string
}

export interface TrainingDataFlags extends DataFlags {
  readonly test?: string
  /** Part of the images to test on. */
  readonly fold?: Fold
  /** Name of the recipe. */
  readonly recipe: string
}

/** Fraction of the images to test on if no test images are named. */
const TEST_FRACTION = 0.1

/** Data sets that are known by name; a file or folder of that name comes first. */
const DATASETS: readonly FaceDatasetName[] = ['imm', '300w', 'dlib']

/** Returns the data set that an argument names. */
export function findDataset(path: string | undefined): FaceDatasetName | undefined {
  return DATASETS.find((name) => name === path && !existsSync(name))
}

/**
 * Reads the faces that a recipe trains and tests on, and prepares them as it needs them.
 *
 * @param path labels, or one of {@link DATASETS}, which have test faces of their own; default: those of the project
 */
export async function readTrainingData(
  path: string | undefined,
  flags: TrainingDataFlags,
  recipe: Recipe,
): Promise<TrainingData> {
  const dataset = findDataset(path)
  const hasTest = flags.test !== undefined || dataset !== undefined
  if (hasTest && flags.fold) throw usageError('--fold', 'labels without test images of their own')
  if (dataset !== undefined) return readKnownData(dataset, flags, recipe)
  const { faces, records } = await readFaces(path, flags, recipe)
  if (flags.test !== undefined) {
    const test = await readTestFaces(flags.test, flags, recipe, faces.scheme)
    const trainImages = records.map(({ imagePath }) => imagePath)
    checkDisjoint(trainImages, test.records, flags.test)
    return { train: faces, test: test.faces, source: `${path ?? PROJECT_FILE}, tested on ${test.source}` }
  }
  const groups = records.map(({ imagePath }) => imagePath)
  if (flags.fold) {
    const { train, validation } = groupKFold(faces, groups, { ...flags.fold, seed: 0 })
    const { fold, folds } = flags.fold
    return { train, test: validation, source: `${path ?? PROJECT_FILE}, tested on fold ${fold} of ${folds}` }
  }
  const { train, validation } = groupShuffleSplit(faces, groups, { fraction: TEST_FRACTION, seed: 0 })
  return { train, test: validation, source: `${path ?? PROJECT_FILE}, a tenth of the images held out` }
}

/** Refuses options about labels for a data set that is known by name, on which they would have no effect. */
export function checkKnownFlags(
  name: FaceDatasetName,
  { split, category, orientation, test }: TrainingDataFlags,
): void {
  if (split !== undefined) throw usageError('--split', `labels in YOLO-pose; ${name} has test faces of its own`, split)
  for (const [option, value] of Object.entries({ category, orientation })) {
    if (value !== undefined && test === undefined)
      throw usageError(`--${option}`, `labels of your own, as [data] or --test`, value)
  }
}

/** Reads a data set that is known by name, from its folder `--images` or where FACEKP_DATA has it. */
async function readKnownData(name: FaceDatasetName, flags: TrainingDataFlags, recipe: Recipe): Promise<TrainingData> {
  checkKnownFlags(name, flags)
  const { loadFaces } = await import('@facekp/recipes/node')
  const isCropped = recipe.margin !== undefined && recipe.crop !== 'leveled'
  const faces = await loadFaces(name, { data: flags.images, ...(isCropped && { crop: recipe.cachedCrop }) })
  const prepareImages = await createPreparation(recipe)
  const { selectNose } = await import('@facekp/recipes')
  // The first part of the course finds the tip of the nose.
  const hasNose = name === 'imm' && flags.recipe === 'course-1'
  const prepare = (part: Dataset): Dataset => prepareImages(hasNose ? selectNose(part) : part)
  const { images: _, ...testFlags } = flags
  const train = prepare(faces.train)
  if (flags.test === undefined) return { train, test: prepare(faces.test), source: faces.source }
  const test = await readTestFaces(flags.test, testFlags, recipe, train.scheme)
  checkDisjoint(faces.trainImages, test.records, flags.test)
  return { train, test: test.faces, source: `${faces.source}, tested on ${test.source}` }
}

interface LabeledFaces {
  readonly faces: Dataset
  readonly records: AnnotatedDataset['records']
}

/**
 * Reads faces to test on. Their images are beside their labels, or else in the folder of the images to train on; `--split` is about the
 * labels to train on.
 */
async function readTestFaces(
  path: string,
  { images, split: _, ...flags }: DataFlags,
  recipe: Recipe,
  scheme: KeypointScheme,
): Promise<LabeledFaces & { readonly source: string }> {
  const split = await findTestSplit(path)
  const testFlags: DataFlags = { ...flags, ...(split && { split }) }
  const labeled = await readFaces(path, testFlags, recipe, scheme).catch((error: unknown) => {
    const isMissing = isFacekpError(error, 'IMAGE_MISSING') || isFacekpError(error, 'IMAGE_PATH')
    if (images === undefined || !isMissing) throw error
    return readFaces(path, { ...testFlags, images }, recipe, scheme)
  })
  return { ...labeled, source: split ? `${path} (${split})` : path }
}

/** Parts of YOLO-pose, of which the first that a file has is tested on. */
const TEST_SPLITS = ['test', 'val', 'train'] as const

/** Finds the part of labels to test on; undefined for formats without parts. */
async function findTestSplit(path: string): Promise<DataFlags['split']> {
  checkNoProject(path)
  const { recognizeFormat } = await import('@facekp/data-formats/node')
  const { format, path: file } = await recognizeFormat(path)
  if (format !== 'yolo-pose') return undefined
  const { parseYoloPoseConfig } = await import('@facekp/data-formats')
  const { splits } = parseYoloPoseConfig(decodeText(await readFile(file)), file)
  return TEST_SPLITS.find((split) => splits[split] !== undefined)
}

/** Refuses to test on images to train on: the error would say nothing about others. */
function checkDisjoint(trainImages: readonly string[], test: LabeledFaces['records'], path: string): void {
  const trainPaths = new Set(trainImages.map((image) => resolve(image)))
  const shared = new Set(test.map(({ imagePath }) => imagePath).filter((image) => trainPaths.has(resolve(image))))
  const [first] = shared
  if (first === undefined) return
  const received = `${path} with ${formatCount(shared.size, 'image')} of these, such as ${first}`
  throw usageError('--test', 'labels of other images than those to train on', received)
}

/**
 * Reads faces as a recipe keeps them.
 *
 * @param scheme points to read by name (default: those of the labels): faces to test on have those to train on, in their order
 */
async function readFaces(
  path: string | undefined,
  flags: DataFlags,
  recipe: Recipe,
  scheme?: KeypointScheme,
): Promise<LabeledFaces> {
  const isCropped = recipe.margin !== undefined && recipe.crop !== 'leveled'
  const options: ReadDatasetOptions = isCropped ? { channels: 1, crop: recipe.cachedCrop } : {}
  const faces = await readNamedData(path, flags, { ...options, ...(scheme && { scheme }) })
  const prepare = await createPreparation(recipe)
  return { faces: prepare(faces), records: faces.records }
}

/** Creates the function that prepares whole images, of which recipes without a margin keep a smaller gray one. */
async function createPreparation({ margin, crop, cachedCrop }: Recipe): Promise<(faces: Dataset) => Dataset> {
  if (margin !== undefined || crop === 'leveled') return (faces) => faces
  const { cacheGray } = await import('@facekp/recipes')
  return (faces) => cacheGray(faces, cachedCrop)
}
