import { damagedError, duplicateError, fail, quoteName } from './errors.ts'
import { describeValue } from './pickle.ts'
import { TorchTensor } from './torch-objects.ts'

/** Where checkpoints keep the state_dict beside an epoch, an optimizer and the like. */
const WRAPPERS = ['state_dict', 'model_state_dict', 'model_state', 'model', 'net']

/** What DataParallel puts before every name. */
const PARALLEL = 'module.'

/**
 * The named tensors of what a PyTorch file holds: itself a state_dict, or one under a name that is usual for it. `module.` before
 * every name, as `DataParallel` leaves it, is taken away.
 */
export function findStateDict(value: unknown, file: string): ReadonlyMap<string, TorchTensor> {
  const wrapped = value instanceof Map ? WRAPPERS.map((key) => value.get(key)).find(hasTensor) : undefined
  const dict = wrapped ?? (hasTensor(value) ? value : undefined)
  if (!dict) {
    return fail({
      code: 'WEIGHTS_NO_STATE_DICT',
      problem: 'the file holds no state_dict',
      file,
      received: value instanceof Map ? `a dict of ${formatKeys([...value.keys()])}` : describeValue(value),
      expected: `a dict of tensors, or one under ${WRAPPERS.join(', ')}`,
    })
  }
  const tensors = [...dict].map(([name, tensor]): [string, TorchTensor] => {
    if (tensor instanceof TorchTensor) return [String(name), tensor]
    return damagedError(file, `${quoteName(String(name))} in the state_dict is no tensor`, describeValue(tensor))
  })
  const parallel = tensors.every(([name]) => name.startsWith(PARALLEL))
  const named = new Map<string, TorchTensor>()
  for (const [fullName, tensor] of tensors) {
    const name = parallel ? fullName.slice(PARALLEL.length) : fullName
    if (named.has(name)) duplicateError(file, name)
    named.set(name, tensor)
  }
  return named
}

function hasTensor(value: unknown): value is Map<string | number, unknown> {
  return value instanceof Map && [...value.values()].some((item) => item instanceof TorchTensor)
}

function formatKeys(keys: readonly unknown[]): string {
  return [...keys.slice(0, 8).map((key) => quoteName(String(key))), ...(keys.length > 8 ? ['…'] : [])].join(', ')
}
