import { createHash } from 'node:crypto'
import { checkArgument, type Dataset, NOT_LABELED, optionalKind, type Sample } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { loadSample } from '../data/load-sample.ts'

const DATASET_HASH_SIGNAL = optionalKind(KINDS.signal)

/**
 * Computes the SHA-256 of a dataset, in hexadecimal digits. It covers a line of JSON with the name of the scheme and of its points and
 * then, for each sample in order,
 *
 * - a line of JSON: id, width, height and channels of the image, and `u8` or `f32` for the type of its pixels;
 * - the points as 32-bit floats, little endian, x0 y0 x1 y1 ..., with 0 for points without a label, and the visibility, a byte a point;
 * - the pixels, floats little endian.
 *
 * Boxes and `toSource` do not count. Each sample is read once.
 *
 * @throws what `dataset.get` throws, and the signal's reason once it is aborted
 *
 * @example
 * ```ts
 * import { IMM_58 } from '@facekp/core'
 * import { syntheticFaces } from '@facekp/data-synthetic'
 * import { datasetHash } from '@facekp/trainer/node'
 *
 * console.log(await datasetHash(syntheticFaces({ seed: 1, count: 10, scheme: IMM_58 }))) // 64 digits
 * ```
 */
export async function datasetHash(dataset: Dataset, signal?: AbortSignal): Promise<string> {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'datasetHash')
  checkArgument(DATASET_HASH_SIGNAL, signal, 'signal', 'datasetHash')
  const hash = createHash('sha256')
  hash.update(toLine([dataset.scheme.name, dataset.scheme.pointNames]))
  for (let index = 0; index < dataset.length; index++) {
    const sample = await loadSample(dataset, index, { signal })
    const { width, height, channels, data } = sample.image
    hash.update(toLine([sample.id, width, height, channels, data instanceof Float32Array ? 'f32' : 'u8']))
    hash.update(toBytes(labeledPoints(sample)))
    hash.update(sample.visibility)
    hash.update(toBytes(data))
  }
  return hash.digest('hex')
}

function toLine(json: unknown): string {
  return `${JSON.stringify(json)}\n`
}

/** Returns the points with 0 for those without a label, whose coordinates mean nothing. */
function labeledPoints({ keypoints, visibility }: Sample): Float32Array {
  return keypoints.map((value, i) => (visibility[i >> 1] === NOT_LABELED ? 0 : value))
}

function toBytes({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
