import { type Dataset, IMM_58 } from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'

/** Creates the faces of the benchmark: the module that each thread of a pool loads. */
export default function createFaces({ count }: { readonly count: number }): Dataset {
  return syntheticFaces({ seed: 1, count, scheme: IMM_58 })
}
