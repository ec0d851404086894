import { checkArgument } from '../arguments/check-argument.ts'
import { optionsKind } from '../arguments/kind-makers.ts'
import * as KINDS from '../arguments/kinds.ts'
import { FacekpError } from '../errors.ts'
import { randomStream, shuffleIndices } from '../random.ts'
import type { Dataset } from './dataset.ts'
import { subset } from './subset.ts'

const GROUP_SHUFFLE_SPLIT_OPTIONS = optionsKind({ fraction: KINDS.any, seed: KINDS.any })

/**
 * Splits a dataset into parts by the group of each sample, such as the person: all samples of a group go to the part that
 * `assignPart` returns, so that no group is in two parts.
 *
 * @param groups the group of each sample
 * @throws `SPLIT_GROUPS` unless there is one group for each sample and each is assigned to one of `parts`
 * @throws `SPLIT_EMPTY` if a part gets no sample
 *
 * @example
 * ```ts
 * const { train, validation } = groupSplit(faces, people, ['train', 'validation'], (person) => person <= 32 ? 'train' : 'validation')
 * ```
 */
export function groupSplit<Group, Part extends string>(
  dataset: Dataset,
  groups: readonly Group[],
  parts: readonly Part[],
  assignPart: (group: Group) => Part,
): Record<Part, Dataset> {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'groupSplit')
  checkArgument(KINDS.array, groups, 'groups', 'groupSplit')
  checkArgument(KINDS.strings, parts, 'parts', 'groupSplit')
  checkArgument(KINDS.function, assignPart, 'assignPart', 'groupSplit')
  if (groups.length !== dataset.length) {
    throw new FacekpError({
      code: 'SPLIT_GROUPS',
      problem: 'groupSplit: wrong number of groups',
      received: `${groups.length} groups`,
      expected: `${dataset.length}, one for each sample`,
    })
  }
  const indices = new Map<Part, number[]>(parts.map((part) => [part, []]))
  for (const [index, group] of groups.entries()) {
    const part = assignPart(group)
    const partIndices = indices.get(part)
    if (!partIndices) {
      throw new FacekpError({
        code: 'SPLIT_GROUPS',
        problem: `groupSplit: group ${String(group)} is assigned to an unknown part`,
        received: part,
        expected: parts.join(', '),
      })
    }
    partIndices.push(index)
  }
  for (const [part, partIndices] of indices) {
    if (partIndices.length > 0) continue
    throw new FacekpError({
      code: 'SPLIT_EMPTY',
      problem: `groupSplit: part ${part} is empty`,
      received: `${dataset.length} samples of groups ${[...new Set(groups)].join(', ')}`,
      expected: 'a group assigned to every part',
    })
  }
  const entries = parts.map((part) => [part, subset(dataset, indices.get(part) as number[])])
  return Object.fromEntries(entries) as Record<Part, Dataset>
}

/**
 * Splits a dataset into train and validation parts by the group of each sample. A random `fraction` of the GROUPS goes to
 * validation: at least one, and not all. The same seed gives the same parts.
 *
 * @param options.fraction between 0 and 1
 * @throws `SPLIT_FRACTION` if the fraction is out of range, and what {@link groupSplit} throws
 */
export function groupShuffleSplit<Group>(
  dataset: Dataset,
  groups: readonly Group[],
  options: { readonly fraction: number; readonly seed: number },
): Record<'train' | 'validation', Dataset> {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'groupShuffleSplit')
  checkArgument(KINDS.array, groups, 'groups', 'groupShuffleSplit')
  checkArgument(GROUP_SHUFFLE_SPLIT_OPTIONS, options, 'options', 'groupShuffleSplit')
  const { fraction, seed } = options
  if (!(fraction > 0 && fraction < 1)) {
    throw new FacekpError({
      code: 'SPLIT_FRACTION',
      problem: 'groupShuffleSplit: invalid fraction',
      received: String(fraction),
      expected: 'a number between 0 and 1',
    })
  }
  const uniqueGroups = [...new Set(groups)]
  const order = shuffleIndices(uniqueGroups.length, randomStream({ seed, purpose: 'split' }))
  const count = Math.min(Math.max(1, Math.round(fraction * uniqueGroups.length)), uniqueGroups.length - 1)
  const validation = new Set(order.slice(0, count).map((index) => uniqueGroups[index]))
  return groupSplit(dataset, groups, ['train', 'validation'], (group) =>
    validation.has(group) ? 'validation' : 'train',
  )
}

const GROUP_K_FOLD_OPTIONS = optionsKind({ folds: KINDS.any, fold: KINDS.any, seed: KINDS.any })

/**
 * Splits a dataset for one round of a cross-validation by the group of each sample: the groups are dealt at random into `folds` parts, of
 * which `fold` goes to validation. Over all folds, each sample is in validation once.
 *
 * @param options.folds number of folds, at least 2 and at most the number of groups
 * @param options.fold the fold to validate on, from 1
 * @throws `SPLIT_FOLD` if one of these is out of range, and what {@link groupSplit} throws
 */
export function groupKFold<Group>(
  dataset: Dataset,
  groups: readonly Group[],
  options: { readonly folds: number; readonly fold: number; readonly seed: number },
): Record<'train' | 'validation', Dataset> {
  checkArgument(KINDS.dataset, dataset, 'dataset', 'groupKFold')
  checkArgument(KINDS.array, groups, 'groups', 'groupKFold')
  checkArgument(GROUP_K_FOLD_OPTIONS, options, 'options', 'groupKFold')
  const { folds, fold, seed } = options
  const uniqueGroups = [...new Set(groups)]
  const isValid = Number.isInteger(folds) && folds >= 2 && folds <= uniqueGroups.length
  if (!isValid || !Number.isInteger(fold) || fold < 1 || fold > folds) {
    throw new FacekpError({
      code: 'SPLIT_FOLD',
      problem: 'groupKFold: invalid fold',
      received: `fold ${String(fold)} of ${String(folds)} with ${uniqueGroups.length} groups`,
      expected: 'a fold from 1 to the number of folds, which is at least 2 and at most the number of groups',
    })
  }
  const order = shuffleIndices(uniqueGroups.length, randomStream({ seed, purpose: 'split' }))
  const validation = new Set<Group>()
  for (const [position, index] of order.entries()) {
    if (position % folds === fold - 1) validation.add(uniqueGroups[index] as Group)
  }
  return groupSplit(dataset, groups, ['train', 'validation'], (group) =>
    validation.has(group) ? 'validation' : 'train',
  )
}
