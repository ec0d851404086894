import { checkArgument } from '../arguments/check-argument.ts'
import { optionsKind } from '../arguments/kind-makers.ts'
import * as KINDS from '../arguments/kinds.ts'
import { FacekpError } from '../errors.ts'
import { raceWithSignal } from '../race-with-signal.ts'
import type { Sample } from '../sample.ts'
import { getTypeName } from '../type-name.ts'
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

  function store(index: number, sample: Sample): void {
    cache.set(index, sample)
    bytes += countBytes(sample)
    for (const [oldest, evicted] of cache) {
      if (bytes <= maxBytes) break
      cache.delete(oldest)
      bytes -= countBytes(evicted)
    }
  }

  /** Starts a read. It is shared, so no caller's signal may abort it. */
  function read(index: number): Promise<Sample> {
    const reading = dataset
      .get(index)
      .then((read) => {
        const sample = withoutViews(read)
        store(index, sample)
        return sample
      })
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

/** Copies arrays that are parts of larger ones, which would stay in memory as a whole. */
function withoutViews(sample: Sample): Sample {
  const { image, keypoints, visibility } = sample
  if ([image.data, keypoints, visibility].every((array) => array.byteLength === array.buffer.byteLength)) return sample
  return {
    ...sample,
    image: { ...image, data: copyView(image.data) },
    keypoints: copyView(keypoints),
    visibility: copyView(visibility),
  }
}

function copyView<Array extends Uint8Array | Float32Array>(array: Array): Array {
  const { buffer, byteOffset, byteLength } = array
  if (byteLength === buffer.byteLength) return array
  const copy = new Uint8Array(buffer, byteOffset, byteLength).slice().buffer
  return (getTypeName(array) === 'Float32Array' ? new Float32Array(copy) : new Uint8Array(copy)) as Array
}

function countBytes({ image, keypoints, visibility }: Sample): number {
  return image.data.byteLength + keypoints.byteLength + visibility.byteLength
}
