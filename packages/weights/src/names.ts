import { duplicateError, fail, quoteNames } from './errors.ts'
import type { NamedTensor, SkippedEntry } from './tensor.ts'

/** What PyTorch's wrappers of a part of a network insert into its names: `torch.compile`, FSDP, activation checkpointing. */
const INSERTED = ['_orig_mod.', '_fsdp_wrapped_module.', '_checkpoint_wrapped_module.']

/** What `DataParallel` and other wrappers of a whole network put before every name. */
const WRAPPER = 'module.'

/** Tensors with their final names. */
export interface RenamedTensors {
  readonly tensors: readonly NamedTensor[]
  readonly removed: readonly string[]
  readonly skipped: readonly SkippedEntry[]
}

/**
 * Removes from the names what PyTorch's wrappers add to them: `_orig_mod.` anywhere, `module.` before all names. With a prefix, keeps the
 * tensors whose names begin with it, in the file or without the wrappers, and removes it.
 *
 * @throws FacekpError `WEIGHTS_PREFIX` if no name has the prefix, `WEIGHTS_DUPLICATE` if two names become the same
 */
export function renameTensors(
  tensors: readonly NamedTensor[],
  prefix: string | undefined,
  file: string,
): RenamedTensors {
  const names = tensors.map(({ name }) => name)
  const isInFile = prefix !== undefined && names.some((name) => name.startsWith(prefix))
  const { shortened, removed } = isInFile ? { shortened: names, removed: [] } : removeWrappers(names)
  if (prefix !== undefined && !shortened.some((name) => name.startsWith(prefix))) {
    return prefixError(shortened, prefix, file)
  }
  const start = prefix ?? ''
  const renamed = new Map<string, NamedTensor>()
  const skipped: SkippedEntry[] = []
  for (const [i, tensor] of tensors.entries()) {
    const name = shortened[i] as string
    if (name.startsWith(start)) {
      const finalName = name.slice(start.length)
      if (renamed.has(finalName)) duplicateError(file, finalName)
      renamed.set(finalName, { ...tensor, name: finalName })
    } else skipped.push({ name: tensor.name, reason: `without the prefix ${start}` })
  }
  return { tensors: [...renamed.values()], removed: start === '' ? removed : [...removed, start], skipped }
}

function removeWrappers(names: readonly string[]): {
  readonly shortened: readonly string[]
  readonly removed: readonly string[]
} {
  const removed: string[] = []
  let shortened = names
  for (const text of INSERTED) {
    // At the beginning of a name or of one of its parts.
    const pattern = new RegExp(`(^|\\.)${text.replaceAll('.', '\\.')}`, 'g')
    const next = shortened.map((name) => name.replaceAll(pattern, '$1'))
    if (next.some((name, i) => name !== shortened[i])) removed.push(text)
    shortened = next
  }
  while (shortened.length > 0 && shortened.every((name) => name.startsWith(WRAPPER))) {
    shortened = shortened.map((name) => name.slice(WRAPPER.length))
    removed.push(WRAPPER)
  }
  return { shortened, removed }
}

function prefixError(names: readonly string[], prefix: string, file: string): never {
  return fail({
    code: 'WEIGHTS_PREFIX',
    problem: 'no name begins with option prefix',
    file,
    received: `${JSON.stringify(prefix)}, names ${quoteNames(names)}`,
    expected: 'the beginning of some names, with its dot, such as "backbone."',
  })
}
