import { IMM_58 } from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'

/** Creates the faces of the benchmark: the module that each thread of a pool loads. */
export default ({ count }) => syntheticFaces({ seed: 1, count, scheme: IMM_58 })
