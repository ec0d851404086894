import { checkArgument, FacekpError, listKind, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import type { IbugDataset } from './ibug-record.ts'
import { removeMirrorSuffix } from './protocol-300w.ts'

const ASSERT_DISJOINT_TRAIN = objectKind({ records: listKind(KINDS.object) })
const ASSERT_DISJOINT_TEST = objectKind({ records: listKind(KINDS.object) })

/**
 * Checks that no test image, nor its mirrored copy, is a training image, as is the case if dlib's split and the 300-W protocol are
 * mixed.
 *
 * @throws FacekpError `IBUG_SPLITS_OVERLAP`
 * @example
 * ```ts
 * assertDisjoint(train, test)
 * ```
 */
export function assertDisjoint(train: Pick<IbugDataset, 'records'>, test: Pick<IbugDataset, 'records'>): void {
  checkArgument(ASSERT_DISJOINT_TRAIN, train, 'train', 'assertDisjoint')
  checkArgument(ASSERT_DISJOINT_TEST, test, 'test', 'assertDisjoint')
  const trainPaths = new Set(train.records.map(({ imagePath }) => removeMirrorSuffix(imagePath)))
  const shared = test.records.filter(({ imagePath }) => trainPaths.has(removeMirrorSuffix(imagePath)))
  const [first] = shared
  if (!first) return
  throw new FacekpError({
    code: 'IBUG_SPLITS_OVERLAP',
    file: first.imagePath,
    problem: 'the image is both a training and a test image',
    received: `${shared.length} of ${test.records.length} test images among the training images`,
    expected: 'both parts of one split, from readIbug or from readIbug300W',
  })
}
