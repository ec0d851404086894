import type { Dataset, Json } from '@facekp/core'
import { readIbug } from '@facekp/data-ibug/node'

/** Where iBUG is, and the crop around each face. */
export interface IbugFaces {
  readonly folder: string
  readonly size: number
  readonly margin: number
}

/** Creates the dataset of all faces of iBUG, gray, read when they are needed. */
export default async function ibugFaces(options: Json): Promise<Dataset> {
  const { folder, size, margin } = options as unknown as IbugFaces
  const { train, test } = await readIbug(folder, { channels: 1, crop: { size, margin } })
  return {
    ...train,
    length: train.length + test.length,
    get: (index, signal) => (index < train.length ? train.get(index, signal) : test.get(index - train.length, signal)),
  }
}
