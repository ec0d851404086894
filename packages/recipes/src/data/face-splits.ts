import {
  type Box,
  boundingBox,
  checkArgument,
  type Dataset,
  FacekpError,
  groupShuffleSplit,
  mapDataset,
  objectKind,
  optionalKind,
  type Sample,
} from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type IbugDataset, readIbug, readIbug300W } from '@facekp/data-ibug/node'
import { readImm, splitImm } from '@facekp/data-imm/node'
import { graySample, resizeSample } from '@facekp/image'
import type { FaceDatasetName } from '../recipe/faces.ts'
import type { Frame } from '../transforms/limits.ts'
import { findIbug, findImm } from './find-data.ts'
import { renderSyntheticImm } from './render-synthetic-imm.ts'

const LOAD_IMM_OPTIONS = objectKind({ data: optionalKind(KINDS.path), seed: optionalKind(KINDS.seed) })

const LOAD_FACES_OPTIONS = objectKind({
  data: optionalKind(KINDS.path),
  crop: optionalKind(KINDS.object),
})

const HOLD_OUT_SPLITS = objectKind({ source: KINDS.string, train: KINDS.dataset, groups: KINDS.array })

/** Faces to train and to test on. */
export interface FaceSplits {
  /** Description of the data. */
  readonly source: string
  readonly train: Dataset
  readonly test: Dataset
}

/** Splits that {@link holdOut} can divide further. */
export interface GroupedSplits extends FaceSplits {
  /** The image or person of each training face: one group is never divided. */
  readonly groups: readonly (string | number)[]
}

/** The names that {@link loadFaces} takes. */
export const FACE_DATASETS: readonly FaceDatasetName[] = ['300w', 'dlib', 'imm']

/** Boxes of the IMM Face Database: one for all its images of 640 x 480, in which the training faces lie. */
const IMM_BOX: Box = { left: 193, top: 145, width: 280, height: 280 }

/**
 * Loads the IMM Face Database, split by people as the course does, or synthetic faces of the same layout if it is missing and
 * `FACEKP_DATA` is not set. These are rendered once and kept in facekp's cache folder (`FACEKP_CACHE`).
 *
 * @param options.data its folder; default: in FACEKP_DATA or `../shared/data`
 * @param options.seed of synthetic faces
 */
export async function loadImm(
  options: { readonly data?: string | undefined; readonly seed?: number } = {},
): Promise<FaceSplits> {
  checkArgument(LOAD_IMM_OPTIONS, options, 'options', 'loadImm')
  const { data = findImm(), seed = 0 } = options
  const { train, validation } = splitImm(await readImm(data ?? (await renderSyntheticImm({ seed }))))
  const source = data ?? 'synthetic faces (the IMM Face Database is missing; --data DIR names its folder)'
  return { source, train, test: validation }
}

/**
 * Loads gray faces, cropped around their boxes, or whole images in color, whose boxes lie around the points, and splits them by the protocol of the dataset.
 *
 * @param options.data the dataset's folder; default: in FACEKP_DATA or `../shared/data`
 * @param options.crop what to keep of each image, such as a recipe's `cachedCrop`; absent: the whole image, for leveled crops
 * @returns the parts, and the paths of the training images
 * @throws FacekpError `DATA_MISSING` if the dataset is missing, and what its reader throws
 */
export async function loadFaces(
  name: FaceDatasetName,
  options: { readonly data?: string | undefined; readonly crop?: Frame | undefined },
): Promise<GroupedSplits & { readonly trainImages: readonly string[] }> {
  checkArgument(LOAD_FACES_OPTIONS, options, 'options', 'loadFaces')
  const { data, crop } = options
  if (name === 'imm') return loadImmBoxes(data, crop ? smallImm : boxPoints)
  const folder = data ?? findIbug()
  const readOptions = crop ? ({ channels: 1, crop: ibugCrop(crop) } as const) : {}
  const prepare = (faces: Dataset): Dataset => (crop ? faces : mapDataset(faces, boxPoints))
  if (name === '300w') {
    const { train, common } = await readIbug300W(folder, readOptions)
    const source = `${folder}, 300-W protocol`
    return { source, train: prepare(train), test: prepare(common), ...groupByImage(train) }
  }
  const { train, test } = await readIbug(folder, readOptions)
  return { source: `${folder}, dlib's split`, train: prepare(train), test: prepare(test), ...groupByImage(train) }
}

/** Takes a tenth of the groups out of the training part and tests on them: to choose settings without the test faces. */
export function holdOut(splits: GroupedSplits): FaceSplits {
  checkArgument(HOLD_OUT_SPLITS, splits, 'splits', 'holdOut')
  const { source, train, groups } = splits
  const parts = groupShuffleSplit(train, groups, { fraction: 0.1, seed: 0 })
  return { source: `${source}, a tenth of its training part held out`, train: parts.train, test: parts.validation }
}

async function loadImmBoxes(data = findImm(), prepare: (sample: Sample) => Sample): ReturnType<typeof loadFaces> {
  if (data === undefined) {
    throw new FacekpError({
      code: 'DATA_MISSING',
      problem: 'the IMM Face Database is missing',
      expected: '--data DIR with 01-1m.asf in it; fetchImm() of @facekp/data-imm/node downloads it',
    })
  }
  const faces = await readImm(data)
  const { train, validation } = splitImm(faces)
  const records = faces.records.slice(0, train.length)
  return {
    source: data,
    train: mapDataset(train, prepare),
    test: mapDataset(validation, prepare),
    groups: records.map(({ person }) => person),
    trainImages: records.map(({ imagePath }) => imagePath),
  }
}

function smallImm(sample: Sample): Sample {
  return resizeSample({ ...graySample(sample), box: IMM_BOX }, 320, 240)
}

/** Sets the box of a sample to the one around its points. */
function boxPoints(sample: Sample): Sample {
  return { ...sample, box: boundingBox(sample.keypoints) }
}

function groupByImage({ records }: IbugDataset): { readonly groups: string[]; readonly trainImages: string[] } {
  const trainImages = records.map(({ imagePath }) => imagePath)
  return { groups: trainImages, trainImages }
}

function ibugCrop({ size, margin = 0 }: Frame): { readonly size: number; readonly margin: number } {
  if (typeof size === 'number') return { size, margin }
  throw new FacekpError({
    code: 'OPTION_INVALID',
    problem: 'invalid cachedCrop.size: faces are cropped to squares',
    received: `${size.width} x ${size.height}`,
    expected: 'one number, the side of the square',
  })
}
