import type { Dataset } from './dataset.ts'
import { FacekpError } from './errors.ts'
import { randomStream, shuffleIndices } from './random.ts'
import { subset } from './subset.ts'

/**
 * Parts of a data set by a key of each sample (the person, say): all samples of a key go to the one part that `partOf`
 * names, so that nobody is in two parts. A part that gets no sample is an error (`SPLIT_EMPTY`), as is a number of keys
 * other than the data set's length (`SPLIT_KEYS`).
 *
 * @example
 * ```ts
 * const { train, validation } = groupSplit(faces, people, ['train', 'validation'], (person) => person <= 32 ? 'train' : 'validation')
 * ```
 */
export function groupSplit<Key, Part extends string>(
  dataset: Dataset,
  keys: readonly Key[],
  parts: readonly Part[],
  partOf: (key: Key) => Part,
): Record<Part, Dataset> {
  if (keys.length !== dataset.length) {
    throw new FacekpError({
      code: 'SPLIT_KEYS',
      problem: 'there is not one key a sample',
      received: `${keys.length} keys`,
      expected: `${dataset.length}`,
    })
  }
  const indices = new Map<Part, number[]>(parts.map((part) => [part, []]))
  for (const [index, key] of keys.entries()) {
    const part = indices.get(partOf(key))
    if (!part) {
      throw new FacekpError({
        code: 'SPLIT_KEYS',
        problem: `key ${String(key)} goes to a part that was not asked for`,
        received: partOf(key),
        expected: parts.join(', '),
      })
    }
    part.push(index)
  }
  return Object.fromEntries(
    parts.map((part) => {
      const chosen = indices.get(part) as number[]
      if (chosen.length === 0) {
        throw new FacekpError({
          code: 'SPLIT_EMPTY',
          problem: `part ${part} gets no sample`,
          received: `${dataset.length} samples of keys ${[...new Set(keys)].join(', ')}`,
          expected: 'samples with keys of every part',
        })
      }
      return [part, subset(dataset, chosen)]
    }),
  ) as Record<Part, Dataset>
}

/**
 * Train and validation parts by a key of each sample, a random `fraction` of the KEYS going to validation (at least one,
 * and not all). The same seed gives the same parts.
 */
export function groupShuffleSplit<Key>(
  dataset: Dataset,
  keys: readonly Key[],
  { fraction, seed }: { readonly fraction: number; readonly seed: number },
): Record<'train' | 'validation', Dataset> {
  if (!(fraction > 0 && fraction < 1)) {
    throw new FacekpError({
      code: 'SPLIT_FRACTION',
      problem: 'the fraction for validation does not lie between 0 and 1',
      received: String(fraction),
    })
  }
  const different = [...new Set(keys)]
  const order = shuffleIndices(different.length, randomStream({ seed, purpose: 'split' }))
  const count = Math.min(Math.max(1, Math.round(fraction * different.length)), different.length - 1)
  const validation = new Set(order.slice(0, count).map((place) => different[place]))
  return groupSplit(dataset, keys, ['train', 'validation'], (key) => (validation.has(key) ? 'validation' : 'train'))
}
