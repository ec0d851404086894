import { z } from 'zod'
import { damagedError, fail } from './errors.ts'
import { describeValue, PickleName, type PickleVocabulary } from './pickle.ts'
import type { Window } from './strided.ts'
import type { DType } from './tensor.ts'

/** Numbers that lie elsewhere in the file, known there by `key`. */
export class TorchStorage {
  readonly dtype: DType
  readonly key: string
  /** How many numbers. */
  readonly count: number
  /** Of a storage that is a part of another: where it begins, in numbers. Only old files have these. */
  readonly start: number
  constructor(dtype: DType, key: string, count: number, start: number) {
    this.dtype = dtype
    this.key = key
    this.count = count
    this.start = start
  }
}

/** A tensor whose numbers are not read yet. */
export class TorchTensor {
  readonly storage: TorchStorage
  readonly window: Window
  constructor(storage: TorchStorage, window: Window) {
    this.storage = storage
    this.window = window
  }
}

const STORAGES: Readonly<Record<string, DType>> = {
  DoubleStorage: 'float64',
  FloatStorage: 'float32',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
}

const storageTypes = new Map(
  Object.entries(STORAGES).flatMap(([name, dtype]): [string, DType][] => [
    [`torch.${name}`, dtype],
    [`torch.cuda.${name}`, dtype], // files from before PyTorch 0.4
  ]),
)

const whole = z.int().nonnegative()
const tensorArguments = z.tuple([z.instanceof(TorchStorage), whole, z.array(whole), z.array(whole)], z.unknown())
const parameterArguments = z.tuple([z.instanceof(TorchTensor)], z.unknown())
const dictArguments = z.union([
  z.tuple([]),
  z.tuple([z.array(z.tuple([z.union([z.string(), z.number()]), z.unknown()]))]),
])
const sizeArguments = z.tuple([z.array(whole)])
const storageId = z.tuple(
  [z.literal('storage'), z.instanceof(PickleName), z.union([z.string(), whole]), z.unknown(), whole],
  z.unknown(),
)
const partOfStorage = z.tuple([z.union([z.string(), whole]), whole, whole])

const CALLS: Readonly<Record<string, (args: unknown, file: string) => unknown>> = {
  'torch._utils._rebuild_tensor': rebuildTensor,
  'torch._utils._rebuild_tensor_v2': rebuildTensor,
  'torch._utils._rebuild_parameter': (args, file) => parseArguments(parameterArguments, args, 'a parameter', file)[0],
  'collections.OrderedDict': (args, file) => new Map(parseArguments(dictArguments, args, 'a dict', file)[0] ?? []),
  'torch.Size': (args, file) => parseArguments(sizeArguments, args, 'a size', file)[0],
}

const NAMES: ReadonlySet<string> = new Set([...Object.keys(CALLS), ...storageTypes.keys()])

/** All that a pickle of PyTorch may speak of here: tensors, their storages, dicts and sizes. */
export function createTorchVocabulary(file: string): PickleVocabulary {
  return {
    names: NAMES,
    call(name, args) {
      const call = CALLS[name]
      return call ? call(args, file) : damagedError(file, 'the pickle calls what is no function', name)
    },
    persistent(id) {
      const [, { name }, key, , count, part] = parseArguments(storageId, id, 'a storage', file)
      const dtype = storageTypes.get(name)
      if (dtype === undefined) return damagedError(file, 'unknown kind of storage', name)
      if (part === undefined || part === null) return new TorchStorage(dtype, String(key), count, 0)
      const [, start, length] = parseArguments(partOfStorage, part, 'a part of a storage', file)
      return new TorchStorage(dtype, String(key), length, start)
    },
  }
}

function rebuildTensor(args: unknown, file: string): TorchTensor {
  const [storage, offset, shape, strides] = parseArguments(tensorArguments, args, 'a tensor', file)
  return new TorchTensor(storage, { offset, shape, strides })
}

function parseArguments<Output>(schema: z.ZodType<Output>, value: unknown, what: string, file: string): Output {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  return fail({
    code: 'WEIGHTS_DAMAGED',
    problem: `the pickle describes ${what} wrongly`,
    file,
    received: describeValue(value),
    expected: `${issue?.path.join('.')}: ${issue?.message}`,
    cause: parsed.error,
  })
}
