import { cacheDataset, type Dataset, IMM_58, mapDataset, pickKeypoints, selectKeypoints } from '@facekp/core'
import { IMM_NOSE } from '@facekp/data-imm'
import { syntheticImm } from '@facekp/data-synthetic'
import { graySample } from '@facekp/image'

/** Noses of drawn faces, 80 x 60 gray: a module that each thread of a pool can load. */
export default function drawnNoses({ seed, part }: { seed: number; part: 'train' | 'validation' }): Dataset {
  return cacheDataset(
    mapDataset(
      syntheticImm({ seed, width: 80, height: 60 })[part],
      (sample) => graySample(selectKeypoints(sample, [IMM_NOSE])),
      pickKeypoints(IMM_58, 'imm-nose', [IMM_NOSE]),
    ),
  )
}
