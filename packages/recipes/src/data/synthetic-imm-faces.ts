import { type Dataset, IMM_58 } from '@facekp/core'
import { type SyntheticImmOptions, syntheticImm } from '@facekp/data-synthetic'

/** Creates the faces of people 1 to 40 as one dataset: the module that each thread of a pool loads. */
export default function syntheticImmFaces(options: SyntheticImmOptions): Dataset {
  const { train, validation } = syntheticImm(options)
  return {
    length: train.length + validation.length,
    scheme: IMM_58,
    get: (index, signal) =>
      index < train.length ? train.get(index, signal) : validation.get(index - train.length, signal),
  }
}
