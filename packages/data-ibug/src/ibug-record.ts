import { type Affine, type Box, type Dataset, type Keypoints, mapKeypoints, type Visibility } from '@facekp/core'

/** A face of a list. */
export interface IbugRecord {
  /** Path of the image in the list, followed by `#2`, `#3` … for further faces of one image; also the id of the sample. */
  readonly id: string
  readonly imagePath: string
  /** 1-based line of the list. */
  readonly line: number
  /** Box of the face in the image. */
  readonly box: Box
  /** In the image; (0, 0) and not labeled if the list lacks a point. */
  readonly keypoints: Keypoints
  readonly visibility: Visibility
  /** From the image to the original that it was made from, by `frames.csv`; the identity without that file. */
  readonly toSource: Affine
}

/** A dataset of faces with 68 points, in the order of their list. */
export interface IbugDataset extends Dataset {
  /** One per sample, in the same order. */
  readonly records: readonly IbugRecord[]
}

/** Computes the keypoints of a record in its original image: the target of a score. */
export function sourceKeypoints({ toSource, keypoints }: Pick<IbugRecord, 'toSource' | 'keypoints'>): Keypoints {
  return mapKeypoints(toSource, keypoints)
}
