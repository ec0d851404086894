import { checkArgument } from '../arguments/check-argument.ts'
import { optionsKind } from '../arguments/kind-makers.ts'
import * as KINDS from '../arguments/kinds.ts'
import { FacekpError } from '../errors.ts'
import { raceWithSignal } from '../race-with-signal.ts'
import type { Sample } from '../sample.ts'
import { checkIndex, type Dataset } from './dataset.ts'

const CACHE_DATASET_OPTIONS = optionsKind({ maxBytes: KINDS.any })

/**
 * Caches the samples of a dataset in memory, up to `maxBytes` of pixels and points; beyond that it evicts the least recently
 * used. Concurrent reads of a sample share one read. A failed read is not cached.
 *
 * @param options.maxBytes positive, default 1 GiB
 * @throws `CACHE_LIMIT` if `maxBytes` is not a positive number
 */
export function cacheDataset(dataset: Dataset, options: { readonly maxBytes?: number } = {}): Dataset {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'cacheDataset')
  checkArgument(CACHE_DATASET_OPTIONS, options, 'options', 'cacheDataset')
  const { maxBytes = 2 ** 30 } = options
  if (!(maxBytes > 0)) {
    throw new FacekpError({
      code: 'CACHE_LIMIT',
      problem: 'cacheDataset: invalid maxBytes',
      received: String(maxBytes),
      expected: 'a positive number',
    })
  }
  // A Map keeps insertion order: the least recently used comes first.
  const cache = new Map<number, Sample>()
  const pending = new Map<number, Promise<Sample>>()
  let bytes = 0

  function store(index: number, sample: Sample): Sample {
    cache.set(index, sample)
    bytes += countBytes(sample)
    for (const [oldest, evicted] of cache) {
      if (bytes <= maxBytes) break
      cache.delete(oldest)
      bytes -= countBytes(evicted)
    }
    return sample
  }

  /** Starts a read. It is shared, so no caller's signal may abort it. */
  function read(index: number): Promise<Sample> {
    const reading = dataset
      .get(index)
      .then((sample) => store(index, withoutViews(sample)))
      .finally(() => pending.delete(index))
    pending.set(index, reading)
    return reading
  }

  return {
    length: dataset.length,
    scheme: dataset.scheme,
    async get(index, signal) {
      signal?.throwIfAborted()
      checkIndex(index, dataset.length)
      const cached = cache.get(index)
      if (cached) {
        cache.delete(index)
        cache.set(index, cached)
        return cached
      }
      return raceWithSignal(pending.get(index) ?? read(index), signal)
    },
  }
}

/** Copies the arrays of a sample that are parts of larger ones, which would stay in memory as a whole. */
function withoutViews(sample: Sample): Sample {
  const { image, keypoints, visibility } = sample
  return {
    ...sample,
    image: { ...image, data: copyView(image.data) },
    keypoints: copyView(keypoints),
    visibility: copyView(visibility),
  }
}

/** `slice` of a Node `Buffer` would be a part of it again. */
function copyView<Array extends Uint8Array | Float32Array>(array: Array): Array {
  if (array.byteLength === array.buffer.byteLength) return array
  return new (array.BYTES_PER_ELEMENT > 1 ? Float32Array : Uint8Array)(array) as Array
}

function countBytes({ image, keypoints, visibility }: Sample): number {
  return image.data.byteLength + keypoints.byteLength + visibility.byteLength
}
