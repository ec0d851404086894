import { checkIndex, type Dataset } from './dataset.ts'
import { FacekpError } from './errors.ts'
import type { Sample } from './sample.ts'

/**
 * The data set, keeping what was read in memory up to `maxBytes` of pixels and points; then what was used longest ago
 * goes. Two reads of one sample at a time read it once; a read that fails is not kept. Throws `CACHE_LIMIT` where
 * `maxBytes` is not a positive number.
 *
 * @param options.maxBytes default 1 GiB
 */
export function cacheDataset(dataset: Dataset, { maxBytes = 2 ** 30 }: { readonly maxBytes?: number } = {}): Dataset {
  if (!(maxBytes > 0)) {
    throw new FacekpError({
      code: 'CACHE_LIMIT',
      problem: 'maxBytes is not a positive number',
      received: String(maxBytes),
    })
  }
  // A Map keeps the order of insertion: what was used longest ago stands first.
  const kept = new Map<number, Sample>()
  const underWay = new Map<number, Promise<Sample>>()
  let bytes = 0

  const keep = (index: number, sample: Sample): void => {
    kept.set(index, sample)
    bytes += bytesOf(sample)
    for (const [oldest, old] of kept) {
      if (bytes <= maxBytes) break
      kept.delete(oldest)
      bytes -= bytesOf(old)
    }
  }

  return {
    length: dataset.length,
    scheme: dataset.scheme,
    async get(index, signal) {
      signal?.throwIfAborted()
      checkIndex(index, dataset.length)
      const found = kept.get(index)
      if (found) {
        kept.delete(index)
        kept.set(index, found)
        return found
      }
      // The read is shared, so no single reader's signal may end it.
      let reading = underWay.get(index)
      if (!reading) {
        reading = dataset
          .get(index)
          .then((sample) => {
            keep(index, sample)
            return sample
          })
          .finally(() => underWay.delete(index))
        underWay.set(index, reading)
      }
      const sample = await reading
      signal?.throwIfAborted()
      return sample
    },
  }
}

function bytesOf({ image, keypoints, visibility }: Sample): number {
  return image.data.byteLength + keypoints.byteLength + visibility.byteLength
}
