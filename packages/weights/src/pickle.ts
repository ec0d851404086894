import { damagedError, duplicateError, fail, quoteName, truncatedError } from './errors.ts'
import { decodeText } from './text.ts'

/** A name that a pickle gives to a class or function of Python, `torch.FloatStorage` say: nothing but the name. */
export class PickleName {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** What a pickle may speak of. It has no other power: nothing is looked up, imported or called but these three. */
export interface PickleVocabulary {
  /** The names that may occur; any other is refused. */
  readonly names: ReadonlySet<string>
  /** What calling one of them gives. */
  call(name: string, args: unknown): unknown
  /** What a persistent id stands for. */
  persistent(id: unknown): unknown
}

export interface Unpickled {
  /**
   * None, booleans, strings and bytes as themselves; numbers, as `bigint` beyond 2^53; lists and tuples as arrays; a dict as a Map,
   * whose keys are strings or numbers.
   */
  readonly value: unknown
  /** Where the bytes go on behind it. */
  readonly end: number
}

/**
 * Reads one pickle, from `start` on, and runs nothing: a machine with a stack, a memo and the opcodes that data need. Opcodes that
 * build objects of any class, and names beyond the vocabulary, are errors that name them. Its work and memory are bounded by the
 * pickle's length, and it does not recurse, however deep the values are nested.
 *
 * Source: `pickletools` of Python's library, which describes every opcode.
 */
export function readPickle(bytes: Uint8Array, start: number, vocabulary: PickleVocabulary, file: string): Unpickled {
  const machine = new Machine(bytes, start, vocabulary, file)
  for (;;) {
    const at = machine.at
    const code = machine.byte()
    if (code === STOP) return { value: machine.pop(), end: machine.at }
    const run = OPCODES[code]
    if (!run) {
      return fail({
        code: 'WEIGHTS_UNSAFE',
        problem: `the pickle has an opcode, at byte ${at}, that tensors do not need, and nothing of it is run`,
        file,
        received: REFUSED[code] ?? `0x${code.toString(16).padStart(2, '0')}`,
        expected: STATE_DICT_ALONE,
      })
    }
    run(machine)
  }
}

/** The fix for a file that holds more than tensors. */
const STATE_DICT_ALONE =
  'tensors, numbers and texts in dicts, as torch.save(model.state_dict(), path) writes them (safetensors will do as well)'

/** A longer integer is larger than any that tensors need. */
const MAX_NUMBER_BYTES = 16

class Machine {
  at: number
  private readonly bytes: Uint8Array
  private readonly view: DataView
  private readonly vocabulary: PickleVocabulary
  private readonly file: string
  private stack: unknown[] = []
  /** Where in the stack each mark stands. */
  private readonly marks: number[] = []
  private readonly memo = new Map<number, unknown>()

  constructor(bytes: Uint8Array, start: number, vocabulary: PickleVocabulary, file: string) {
    this.bytes = bytes
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.at = start
    this.vocabulary = vocabulary
    this.file = file
  }

  // What is read from the bytes.

  take(count: number): Uint8Array {
    if (count > this.bytes.length - this.at) {
      truncatedError(this.file, 'a pickle', `${this.bytes.length - this.at} bytes`, `${count}`)
    }
    this.at += count
    return this.bytes.subarray(this.at - count, this.at)
  }
  byte(): number {
    return this.take(1)[0] as number
  }
  unsigned16(): number {
    return this.view.getUint16(this.skip(2), true)
  }
  signed32(): number {
    return this.view.getInt32(this.skip(4), true)
  }
  unsigned32(): number {
    return this.view.getUint32(this.skip(4), true)
  }
  unsigned64(): number {
    return Number(this.view.getBigUint64(this.skip(8), true))
  }
  double(): number {
    return this.view.getFloat64(this.skip(8))
  }
  text(length: number): string {
    return decodeText(this.take(length), 'a text in the pickle', this.file)
  }
  line(): string {
    const end = this.bytes.indexOf(10, this.at)
    if (end < 0) truncatedError(this.file, 'a pickle', 'a line without end', 'a name')
    const line = this.text(end - this.at)
    this.at++
    return line
  }
  /** A number in two's complement, the last byte the highest. */
  long(length: number): number | bigint {
    if (length > MAX_NUMBER_BYTES) damagedError(this.file, 'a number in the pickle is too long', `${length} bytes`)
    const bytes = this.take(length)
    const unsigned = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
    const value = BigInt.asIntN(8 * length, unsigned)
    return Number.isSafeInteger(Number(value)) ? Number(value) : value
  }
  private skip(count: number): number {
    return this.take(count).byteOffset - this.bytes.byteOffset
  }

  // What is on the stack.

  push(value: unknown): void {
    this.stack.push(value)
  }
  pop(): unknown {
    this.checkStack()
    return this.stack.pop()
  }
  top(): unknown {
    this.checkStack()
    return this.stack.at(-1)
  }
  mark(): void {
    this.marks.push(this.stack.length)
  }
  /** All that was pushed since the last mark. */
  popMarked(): unknown[] {
    const from = this.marks.pop()
    if (from === undefined) return damagedError(this.file, 'the pickle closes what it did not open')
    return this.stack.splice(from)
  }
  private checkStack(): void {
    if (this.stack.length > (this.marks.at(-1) ?? 0)) return
    damagedError(this.file, 'the pickle takes from an empty stack')
  }

  remember(key: number): void {
    this.memo.set(key, this.top())
  }
  rememberNext(): void {
    this.remember(this.memo.size)
  }
  recall(key: number): void {
    if (!this.memo.has(key)) damagedError(this.file, 'the pickle recalls what it did not remember', `${key}`)
    this.push(this.memo.get(key))
  }

  // What is built.

  append(items: readonly unknown[]): void {
    const list = this.top()
    if (!Array.isArray(list)) damagedError(this.file, 'the pickle appends to what is no list', describeValue(list))
    for (const item of items) list.push(item)
  }
  setItems(items: readonly unknown[]): void {
    const dict = this.top()
    if (!(dict instanceof Map))
      damagedError(this.file, 'the pickle sets an item of what is no dict', describeValue(dict))
    if (items.length % 2 !== 0) damagedError(this.file, 'the pickle has a key without a value')
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i]
      if (typeof key !== 'string' && typeof key !== 'number') {
        damagedError(this.file, 'a dict has a key that is neither text nor number', describeValue(key))
      }
      if (dict.has(key)) duplicateError(this.file, String(key))
      dict.set(key, items[i + 1])
    }
  }
  name(module: unknown, qualified: unknown): void {
    if (typeof module !== 'string' || typeof qualified !== 'string') {
      damagedError(
        this.file,
        'the pickle has a name that is no text',
        `${describeValue(module)}, ${describeValue(qualified)}`,
      )
    }
    const name = `${module}.${qualified}`
    if (!this.vocabulary.names.has(name)) {
      fail({
        code: 'WEIGHTS_UNSAFE',
        problem: 'the pickle names what tensors do not need, and nothing of it is run',
        file: this.file,
        received: name.length > 120 ? `${name.slice(0, 120)}…` : name,
        expected: STATE_DICT_ALONE,
      })
    }
    this.push(new PickleName(name))
  }
  reduce(): void {
    const args = this.pop()
    const callee = this.pop()
    if (!(callee instanceof PickleName))
      damagedError(this.file, 'the pickle calls what has no name', describeValue(callee))
    else this.push(this.vocabulary.call(callee.name, args))
  }
  persistent(): void {
    this.push(this.vocabulary.persistent(this.pop()))
  }
  /** Attributes, such as `_metadata` of a state_dict; on a dict they are nothing but attributes, and left out. */
  build(): void {
    this.pop()
    const target = this.top()
    if (!(target instanceof Map))
      damagedError(this.file, 'the pickle sets attributes of what is no dict', describeValue(target))
  }
}

const STOP = 0x2e

const OPCODES: Readonly<Record<number, (machine: Machine) => void>> = {
  128: (m) => m.take(1), // PROTO: what a later protocol adds is refused opcode by opcode
  149: (m) => m.take(8), // FRAME: a hint for reading ahead
  40: (m) => m.mark(),
  48: (m) => m.pop(),
  49: (m) => m.popMarked(),
  50: (m) => m.push(m.top()),
  78: (m) => m.push(null),
  136: (m) => m.push(true),
  137: (m) => m.push(false),
  // numbers
  74: (m) => m.push(m.signed32()),
  75: (m) => m.push(m.byte()),
  77: (m) => m.push(m.unsigned16()),
  138: (m) => m.push(m.long(m.byte())),
  139: (m) => m.push(m.long(m.unsigned32())),
  71: (m) => m.push(m.double()),
  // texts; SHORT_BINSTRING and BINSTRING are those of Python 2
  88: (m) => m.push(m.text(m.unsigned32())),
  140: (m) => m.push(m.text(m.byte())),
  141: (m) => m.push(m.text(m.unsigned64())),
  85: (m) => m.push(m.text(m.byte())),
  84: (m) => m.push(m.text(m.unsigned32())),
  66: (m) => m.push(m.take(m.unsigned32())),
  67: (m) => m.push(m.take(m.byte())),
  142: (m) => m.push(m.take(m.unsigned64())),
  // tuples and lists
  41: (m) => m.push([]),
  93: (m) => m.push([]),
  133: (m) => m.push([m.pop()]),
  134: (m) => m.push([m.pop(), m.pop()].reverse()),
  135: (m) => m.push([m.pop(), m.pop(), m.pop()].reverse()),
  116: (m) => m.push(m.popMarked()),
  108: (m) => m.push(m.popMarked()),
  97: (m) => m.append([m.pop()]),
  101: (m) => m.append(m.popMarked()),
  // dicts
  125: (m) => m.push(new Map()),
  100: (m) => {
    const items = m.popMarked()
    m.push(new Map())
    m.setItems(items)
  },
  115: (m) => m.setItems([m.pop(), m.pop()].reverse()),
  117: (m) => m.setItems(m.popMarked()),
  // the memo
  113: (m) => m.remember(m.byte()),
  114: (m) => m.remember(m.unsigned32()),
  148: (m) => m.rememberNext(),
  104: (m) => m.recall(m.byte()),
  106: (m) => m.recall(m.unsigned32()),
  // names, and what they may be used for
  99: (m) => m.name(m.line(), m.line()),
  147: (m) => {
    const qualified = m.pop()
    m.name(m.pop(), qualified)
  },
  82: (m) => m.reduce(),
  81: (m) => m.persistent(),
  98: (m) => m.build(),
}

/** Names of opcodes that somebody may ask about. */
const REFUSED: Readonly<Record<number, string>> = {
  70: 'FLOAT (a pickle of protocol 0)',
  73: 'INT (a pickle of protocol 0)',
  76: 'LONG (a pickle of protocol 0)',
  80: 'PERSID (a pickle of protocol 0)',
  83: 'STRING (a pickle of protocol 0)',
  86: 'UNICODE (a pickle of protocol 0)',
  105: 'INST',
  111: 'OBJ',
  129: 'NEWOBJ',
  146: 'NEWOBJ_EX',
  130: 'EXT1',
  131: 'EXT2',
  132: 'EXT4',
  143: 'EMPTY_SET',
  145: 'FROZENSET',
  150: 'BYTEARRAY8',
  151: 'NEXT_BUFFER',
}

/** What a value is, for an error. */
export function describeValue(value: unknown): string {
  if (value === null) return 'None'
  if (value instanceof Map) return 'a dict'
  if (Array.isArray(value)) return 'a list'
  if (value instanceof PickleName) return value.name
  if (value instanceof Uint8Array) return 'bytes'
  return typeof value === 'string' ? `the text ${quoteName(value)}` : `${typeof value}`
}
