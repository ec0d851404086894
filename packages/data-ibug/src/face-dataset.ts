import {
  checkIndex,
  composeAffine,
  createSample,
  cropAndResize,
  IBUG_68,
  invert,
  mapBox,
  mapKeypoints,
  type Sample,
} from '@facekp/core'
import { type ReadOptions, readCrop, readImage } from '@facekp/image/node'
import { computeCrop, type FaceCrop, type ResolvedCrop, resolveCrop } from './face-crop.ts'
import type { IbugDataset, IbugRecord } from './ibug-record.ts'

export interface IbugReadOptions extends ReadOptions {
  /** Crop around the box of each face. By default samples have the whole image; `randomCropAroundBox` of `@facekp/augment` crops it. */
  readonly crop?: FaceCrop
}

/** Creates the dataset of these faces. Each image is read when its sample is read. */
export function createFaceDataset(records: readonly IbugRecord[], { crop, ...options }: IbugReadOptions): IbugDataset {
  const resolvedCrop = crop && resolveCrop(crop)
  return {
    length: records.length,
    scheme: IBUG_68,
    records,
    async get(index, signal): Promise<Sample> {
      signal?.throwIfAborted()
      checkIndex(index, records.length)
      const record = records[index] as IbugRecord
      const sample = resolvedCrop
        ? await readFace(record, resolvedCrop, options)
        : await readWholeImage(record, options)
      signal?.throwIfAborted()
      return sample
    },
  }
}

async function readWholeImage(record: IbugRecord, options: ReadOptions): Promise<Sample> {
  const { id, imagePath, keypoints, visibility, box, toSource } = record
  const image = await readImage(imagePath, options)
  return createSample({ id, image, keypoints, visibility, box, toSource })
}

async function readFace(record: IbugRecord, crop: ResolvedCrop, options: ReadOptions): Promise<Sample> {
  const { id, imagePath, keypoints, visibility, box, toSource } = record
  const region = computeCrop(box, crop)
  const image = await readCrop(imagePath, region, options)
  const toCrop = cropAndResize(region.box, region.width, region.height)
  return createSample({
    id,
    image,
    keypoints: mapKeypoints(toCrop, keypoints),
    visibility,
    box: mapBox(toCrop, box),
    toSource: composeAffine(invert(toCrop), toSource),
  })
}
