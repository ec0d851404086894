import { firstIssue } from '@facekp/options'
import * as z from 'zod/mini'
import { damagedError, fail } from './errors.ts'
import type { PickleVocabulary } from './pickle-machine.ts'
import { describeValue, PickleName, PickleObject, quoteClass } from './pickle-values.ts'
import { type Budget, MAX_RANK, spend, type Window } from './strided.ts'
import { DTYPE_BYTES, type DType } from './tensor.ts'

/** Numbers that are elsewhere in the file, found there by `key`. */
export class TorchStorage {
  /** Data type of the numbers; undefined if it is not supported. */
  readonly dtype: DType | undefined
  /** Name of its class, such as `torch.FloatStorage`. */
  readonly typeName: string
  readonly key: string
  /** Number of numbers. */
  readonly count: number
  /** First number, if the storage is a part of another. Only old files have these. */
  readonly start: number
  constructor(type: StorageType, key: string, count: number, start: number) {
    this.dtype = type.dtype
    this.typeName = type.name
    this.key = key
    this.count = count
    this.start = start
  }
  /** Bytes of one number. */
  get bytesPerNumber(): number {
    return this.dtype === undefined ? (UNSUPPORTED_STORAGES[this.typeName] as number) : DTYPE_BYTES[this.dtype]
  }
}

/** A tensor whose numbers are not read yet. */
export class TorchTensor {
  readonly storage: TorchStorage
  readonly window: Window
  /** Data type that the storage does not tell, such as `torch.uint16`; tensors that have it are not supported. */
  readonly viewedAs: string | undefined
  constructor(storage: TorchStorage, window: Window, viewedAs?: string) {
    this.storage = storage
    this.window = window
    this.viewedAs = viewedAs
  }
}

interface StorageType {
  readonly name: string
  readonly dtype: DType | undefined
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

/** Bytes of one number of the storages whose tensors are skipped. */
const UNSUPPORTED_STORAGES: Readonly<Record<string, number>> = {
  'torch.ComplexFloatStorage': 8,
  'torch.ComplexDoubleStorage': 16,
  'torch.QInt8Storage': 1,
  'torch.QUInt8Storage': 1,
  'torch.QInt32Storage': 4,
  'torch.QUInt4x2Storage': 1,
  'torch.QUInt2x4Storage': 1,
  'torch.storage.UntypedStorage': 1,
}

const storageTypes = new Map<string, StorageType>([
  ...Object.entries(STORAGES).flatMap(([name, dtype]): [string, StorageType][] => [
    [`torch.${name}`, { name: `torch.${name}`, dtype }],
    [`torch.cuda.${name}`, { name: `torch.${name}`, dtype }], // files from before PyTorch 0.4
  ]),
  ...Object.keys(UNSUPPORTED_STORAGES).map((name): [string, StorageType] => [name, { name, dtype: undefined }]),
])

/** Longest tuple of arguments; PyTorch's functions take fewer. */
const MAX_ARGUMENTS = 16

const whole = z.int().check(z.nonnegative())
const sides = z.custom<readonly number[]>(isSides, `at most ${MAX_RANK} whole numbers`)
const tensorArguments = z.tuple([z.instanceof(TorchStorage), whole, sides, sides], z.unknown())
const viewArguments = z.tuple(
  [z.instanceof(TorchStorage), whole, sides, sides, z.unknown(), z.unknown(), z.instanceof(PickleName)],
  z.unknown(),
)
const parameterArguments = z.tuple([z.instanceof(TorchTensor)], z.unknown())
const typedArguments = z.tuple([z.instanceof(PickleName), z.instanceof(PickleName), z.array(z.unknown())], z.unknown())
const dictArguments = z.tuple([z._default(z.custom<readonly unknown[]>(Array.isArray, 'a list'), [])])
const sizeArguments = z.tuple([sides])
const bytesArguments = z.tuple([z.string(), z.literal('latin1')])
const storageId = z.tuple(
  [z.literal('storage'), z.instanceof(PickleName), z.union([z.string(), whole]), z.unknown(), whole],
  z.unknown(),
)
const partOfStorage = z.tuple([z.union([z.string(), whole]), whole, whole])

/** Tensor classes whose tensors have no meaning beyond their numbers. */
const PLAIN_TENSORS: ReadonlySet<string> = new Set([
  'torch.Tensor',
  'torch._tensor.Tensor',
  'torch.nn.parameter.Parameter',
  'torch.nn.parameter.Buffer',
])

type Call = (args: unknown, file: string, budget: Budget) => unknown

const CALLS: Readonly<Record<string, Call>> = {
  'torch._utils._rebuild_tensor': rebuildTensor,
  'torch._utils._rebuild_tensor_v2': rebuildTensor,
  'torch._utils._rebuild_tensor_v3': rebuildView,
  'torch._utils._rebuild_parameter': rebuildParameter,
  'torch._utils._rebuild_parameter_with_state': rebuildParameter,
  'torch._tensor._rebuild_from_type_v2': rebuildTyped,
  'collections.OrderedDict': rebuildDict,
  '_codecs.encode': rebuildBytes,
  'torch.Size': (args, file) => parseArguments(sizeArguments, args, 'a size', file)[0],
}

const NAMES: ReadonlySet<string> = new Set(Object.keys(CALLS))

/**
 * Creates the vocabulary of PyTorch's pickles: tensors, their storages, dicts and sizes.
 *
 * @param budget limits what the calls copy
 */
export function createTorchVocabulary(file: string, budget: Budget): PickleVocabulary {
  return {
    names: NAMES,
    call: (name, args) => (CALLS[name] as Call)(args, file, budget),
    persistent(id) {
      // A module of the format before PyTorch 1.6, with the source of its class.
      if (Array.isArray(id) && id[0] === 'module') return id[1]
      const [, { name }, key, , count, part] = parseArguments(storageId, id, 'a storage', file)
      const type = storageTypes.get(name)
      if (type === undefined) return damagedError(file, 'unknown kind of storage', quoteClass(name))
      if (part === undefined || part === null) return new TorchStorage(type, String(key), count, 0)
      const [, start, length] = parseArguments(partOfStorage, part, 'a part of a storage', file)
      return new TorchStorage(type, String(key), length, start)
    },
  }
}

function rebuildTensor(args: unknown, file: string): TorchTensor {
  const [storage, offset, shape, strides] = parseArguments(tensorArguments, args, 'a tensor', file)
  return new TorchTensor(storage, { offset, shape, strides })
}

function rebuildView(args: unknown, file: string): TorchTensor {
  const [storage, offset, shape, strides, , , { name }] = parseArguments(viewArguments, args, 'a tensor', file)
  return new TorchTensor(storage, { offset, shape, strides }, name)
}

function rebuildParameter(args: unknown, file: string): TorchTensor {
  return parseArguments(parameterArguments, args, 'a parameter', file)[0]
}

/** Rebuilds a tensor of a Python class: those of PyTorch's own, not those that give the numbers another meaning. */
function rebuildTyped(args: unknown, file: string, budget: Budget): unknown {
  const [callee, type, parts] = parseArguments(typedArguments, args, 'a tensor', file)
  const call = callee.name.startsWith('torch._utils._rebuild_') ? CALLS[callee.name] : undefined
  if (call && PLAIN_TENSORS.has(type.name)) return call(parts, file, budget)
  return new PickleObject(type.name, [parts])
}

function rebuildDict(args: unknown, file: string, budget: Budget): Map<unknown, unknown> {
  const [items] = parseArguments(dictArguments, args, 'a dict', file)
  spend(budget, 8 * items.length, 'a dict', file)
  const dict = new Map<unknown, unknown>()
  for (const item of items) {
    if (!Array.isArray(item) || item.length !== 2)
      return damagedError(file, 'the pickle describes a dict wrongly', describeValue(item))
    dict.set(item[0], item[1])
  }
  return dict
}

/** Rebuilds bytes of protocol 2, which has them as a text of Latin-1. */
function rebuildBytes(args: unknown, file: string, budget: Budget): Uint8Array {
  const [text] = parseArguments(bytesArguments, args, 'bytes', file)
  spend(budget, text.length, 'bytes', file)
  return Uint8Array.from(text, (char) => char.charCodeAt(0))
}

function isSides(value: unknown): value is readonly number[] {
  return (
    Array.isArray(value) &&
    value.length <= MAX_RANK &&
    value.every((side) => Number.isSafeInteger(side) && (side as number) >= 0)
  )
}

function parseArguments<Output>(schema: z.ZodMiniType<Output>, value: unknown, what: string, file: string): Output {
  if (Array.isArray(value) && value.length > MAX_ARGUMENTS) {
    return damagedError(file, `the pickle describes ${what} wrongly`, `${value.length} arguments`)
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const object = Array.isArray(value) ? value.find((part) => part instanceof PickleObject) : undefined
  if (object instanceof PickleObject) return unreadableTensorError(what, object, file)
  const { path, expected } = firstIssue(parsed.error, value)
  return fail({
    code: 'WEIGHTS_DAMAGED',
    problem: `the pickle describes ${what} wrongly`,
    file,
    received: describeValue(value),
    expected: path === '' ? expected : `argument ${path}: ${expected}`,
  })
}

/** Throws the error of a tensor whose values an unknown class of Python decides. */
export function unreadableTensorError(what: string, { className }: PickleObject, file: string): never {
  return fail({
    code: 'WEIGHTS_UNSAFE',
    problem: `${what} depends on an object of an unknown class; nothing was run`,
    file,
    received: quoteClass(className),
    expected: 'plain tensors, as torch.save(model.state_dict(), path) or safetensors write them',
  })
}
