import { type Affine, checkArgument, type Dataset, type Keypoints, mapKeypoints, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type { AnnotatedDataset, AnnotatedRecord } from '@facekp/data-formats/node'

const SOURCE_KEYPOINTS_RECORD = objectKind({ toSource: KINDS.affine, keypoints: KINDS.keypoints })

/** A face of a list. */
export interface IbugRecord extends AnnotatedRecord {
  /** From the image to the original that it was made from, by `frames.csv`; the identity without that file. */
  readonly toSource: Affine
}

/** A dataset of faces, in the order of their list. */
export interface IbugDataset extends Dataset {
  /** One per sample, in the same order. */
  readonly records: readonly IbugRecord[]
}

/** The faces of one list, and a report of how it was read. */
export type IbugList = IbugDataset & Omit<AnnotatedDataset, keyof IbugDataset>

/** Computes the keypoints of a record in its original image: the target of a score. */
export function sourceKeypoints(record: Pick<IbugRecord, 'toSource' | 'keypoints'>): Keypoints {
  checkArgument(SOURCE_KEYPOINTS_RECORD, record, 'record', 'sourceKeypoints')
  const { toSource, keypoints } = record
  return mapKeypoints(toSource, keypoints)
}
