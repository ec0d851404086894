import { FacekpError } from '@facekp/core'
import type { IbugDataset } from './face-dataset.ts'
import { unmirrored } from './protocol.ts'

/**
 * Throws `IBUG_SPLITS_MIXED` where one of the pictures that are tested on, or a mirrored copy of it, is among those that are trained
 * on: as it is where dlib's split and the 300-W protocol are mixed.
 *
 * @example
 * ```ts
 * assertDisjoint(train, test)
 * ```
 */
export function assertDisjoint(train: Pick<IbugDataset, 'records'>, test: Pick<IbugDataset, 'records'>): void {
  const trained = new Set(train.records.map(({ imagePath }) => unmirrored(imagePath)))
  const shared = test.records.filter(({ imagePath }) => trained.has(unmirrored(imagePath)))
  const [first] = shared
  if (!first) return
  throw new FacekpError({
    code: 'IBUG_SPLITS_MIXED',
    file: first.imagePath,
    problem: 'a picture is both trained on and tested on',
    received: `${shared.length} of ${test.records.length} pictures to test on`,
    expected: 'both parts of one split: of readIbug, or of readIbug300W',
  })
}
