import { createHash } from 'node:crypto'
import { type Dataset, NOT_LABELED, type Sample } from '@facekp/core'

/**
 * Tells one data set from another: SHA-256, in hexadecimal digits, of its scheme and its samples in their order. It is over, of each
 * sample,
 *
 * - a line of JSON: its id, the picture's width, height, channels, and `u8` or `f32` for what the pixels are;
 * - its points as 32-bit floats, little endian, x0 y0 x1 y1 …, 0 where a point has no label; its visibility, a byte a point;
 * - its pixels as they are, floats little endian;
 *
 * after a line of JSON with the scheme's name and the names of its points. Boxes and `toSource` do not count. Reads every sample
 * once; throws what `dataset.get` throws, and the signal's reason once it is aborted.
 *
 * @example
 * ```ts
 * await datasetHash(faces) // 64 digits
 * ```
 */
export async function datasetHash(dataset: Dataset, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
  hash.update(line([dataset.scheme.name, dataset.scheme.pointNames]))
  for (let index = 0; index < dataset.length; index++) {
    const sample = await dataset.get(index, signal)
    const { width, height, channels, data } = sample.image
    hash.update(line([sample.id, width, height, channels, data instanceof Float32Array ? 'f32' : 'u8']))
    hash.update(bytesOf(labeledPoints(sample)))
    hash.update(sample.visibility)
    hash.update(bytesOf(data))
  }
  return hash.digest('hex')
}

function line(json: unknown): string {
  return `${JSON.stringify(json)}\n`
}

/** What a point without a label holds means nothing. */
function labeledPoints({ keypoints, visibility }: Sample): Float32Array {
  return keypoints.map((value, i) => (visibility[i >> 1] === NOT_LABELED ? 0 : value))
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
