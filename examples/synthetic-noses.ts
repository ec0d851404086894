import type { Dataset } from '@facekp/core'
import { syntheticImm } from '@facekp/data-synthetic'
import { cacheGray, selectNose } from '@facekp/recipes'

/** Noses of synthetic faces, 80 x 60 gray: a module that each thread of a pool can load. */
export default function syntheticNoses({ seed, part }: { seed: number; part: 'train' | 'validation' }): Dataset {
  const size = { width: 80, height: 60 }
  return cacheGray(selectNose(syntheticImm({ seed, ...size })[part]), { size })
}
