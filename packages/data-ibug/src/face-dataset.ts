import {
  type Affine,
  type Box,
  checkIndex,
  composeAffine,
  createSample,
  cropAndResize,
  type Dataset,
  IBUG_68,
  invert,
  type Keypoints,
  mapBox,
  mapKeypoints,
  type Sample,
  type Visibility,
} from '@facekp/core'
import { type ReadOptions, readCrop, readImage } from '@facekp/image/node'
import { checkCrop, cropAround, type FaceCrop } from './face-crop.ts'

/** A face of a list. */
export interface IbugRecord {
  /** The picture's path as the list has it, and `#2`, `#3` … for its further faces; the sample's id too. */
  readonly id: string
  readonly imagePath: string
  /** Where the list tells of it. */
  readonly line: number
  /** The face in the picture. */
  readonly box: Box
  /** In the picture; 0 and not labeled where the list has no such point. */
  readonly keypoints: Keypoints
  readonly visibility: Visibility
  /** From the picture to the original that it was made from, where `frames.csv` tells; else the identity. */
  readonly toSource: Affine
}

/** The points of a face in the original picture: what a prediction is measured against. */
export function sourceKeypoints({ toSource, keypoints }: Pick<IbugRecord, 'toSource' | 'keypoints'>): Keypoints {
  return mapKeypoints(toSource, keypoints)
}

/** Faces with 68 points, in the order of their list. */
export interface IbugDataset extends Dataset {
  /** One a sample, in the same order. */
  readonly records: readonly IbugRecord[]
}

export interface IbugReadOptions extends ReadOptions {
  /** What to cut out; without it samples have the whole picture, and `randomCropAroundBox` of `@facekp/augment` can cut out at random. */
  readonly crop?: FaceCrop
}

/** The data set of these faces, each picture read when its sample is asked for. */
export function faceDataset(records: readonly IbugRecord[], { crop, ...options }: IbugReadOptions): IbugDataset {
  const checked = crop && checkCrop(crop)
  return {
    length: records.length,
    scheme: IBUG_68,
    records,
    async get(index, signal): Promise<Sample> {
      signal?.throwIfAborted()
      checkIndex(index, records.length)
      const { id, imagePath, keypoints, visibility, box, toSource } = records[index] as IbugRecord
      if (!checked) {
        const image = await readImage(imagePath, options)
        signal?.throwIfAborted()
        return createSample({ id, image, keypoints, visibility, box, toSource })
      }
      const cut = cropAround(box, checked)
      const image = await readCrop(imagePath, cut, options)
      signal?.throwIfAborted()
      const map = cropAndResize(cut.box, cut.width, cut.height)
      return createSample({
        id,
        image,
        keypoints: mapKeypoints(map, keypoints),
        visibility,
        box: mapBox(map, box),
        toSource: composeAffine(invert(map), toSource),
      })
    },
  }
}
