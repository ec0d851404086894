import { checkArgument, type Dataset, mapDataset, selectKeypoints } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { IMM_NOSE } from '@facekp/data-imm'
import { NOSE_SCHEME } from '../recipe/course.ts'

/** Faces of the IMM Face Database with one keypoint, the tip of the nose. */
export function selectNose(faces: Dataset): Dataset {
  checkArgument(KINDS.dataset, faces, 'faces', 'selectNose')
  return mapDataset(faces, (sample) => selectKeypoints(sample, [IMM_NOSE]), NOSE_SCHEME)
}
