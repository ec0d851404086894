import { damagedError, duplicateError, fail, truncatedError } from './errors.ts'
import { describeValue, PickleName, PickleObject, quoteClass } from './pickle-values.ts'
import { decodeText } from './text.ts'

/** Longest integer. A generator's state or a UUID beside the weights has 17 bytes; numbers without a limit could take minutes. */
const MAX_NUMBER_BYTES = 1024

/** Python functions that run programs or load code. A file that names one is an attack and is refused as a whole. */
const DANGEROUS =
  /^(os|posix|nt|subprocess|pty|socket|shutil|runpy|ctypes|importlib|webbrowser)\.|^(builtins|__builtin__)\.(eval|exec|compile|__import__|open|breakpoint)$/

/** What a pickle can refer to. Nothing else is looked up, imported or called. */
export interface PickleVocabulary {
  /** Names of functions that {@link call} knows. What other names make becomes a placeholder. */
  readonly names: ReadonlySet<string>
  /** Gives the result of a known function. */
  call(name: string, args: unknown): unknown
  /** Gives the value of a persistent id. */
  persistent(id: unknown): unknown
}

/** What a pickle is read from. */
export interface PickleSource {
  readonly bytes: Uint8Array
  readonly start: number
  readonly vocabulary: PickleVocabulary
  readonly file: string
}

/** Stack and memo of a pickle, the bytes that are left of it, and what its opcodes do with them. */
export class PickleMachine {
  position: number
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #vocabulary: PickleVocabulary
  readonly #file: string
  readonly #stack: unknown[] = []
  /** Height of the stack at each open mark. */
  readonly #marks: number[] = []
  readonly #memo = new Map<number, unknown>()

  constructor({ bytes, start, vocabulary, file }: PickleSource) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.position = start
    this.#vocabulary = vocabulary
    this.#file = file
  }

  // Reading bytes

  readBytes(count: number): Uint8Array {
    const left = this.#bytes.length - this.position
    if (count > left) truncatedError(this.#file, 'a pickle', `${left} bytes`, `${count}`)
    this.position += count
    return this.#bytes.subarray(this.position - count, this.position)
  }
  readByte(): number {
    return this.readBytes(1)[0] as number
  }
  readUint16(): number {
    return this.#view.getUint16(this.#advance(2), true)
  }
  readInt32(): number {
    return this.#view.getInt32(this.#advance(4), true)
  }
  readUint32(): number {
    return this.#view.getUint32(this.#advance(4), true)
  }
  readUint64(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), true))
  }
  readDouble(): number {
    return this.#view.getFloat64(this.#advance(8))
  }
  readText(length: number): string {
    return decodeText(this.readBytes(length), 'a text in the pickle', this.#file)
  }
  readLine(): string {
    const end = this.#bytes.indexOf(10, this.position)
    if (end < 0) truncatedError(this.#file, 'a pickle', 'a line without an end', 'a name')
    const line = this.readText(end - this.position)
    this.position++
    return line
  }
  /** Reads an integer in two's complement, little endian. */
  readInteger(length: number): number | bigint {
    if (length > MAX_NUMBER_BYTES) damagedError(this.#file, 'a number in the pickle is too long', `${length} bytes`)
    const unsigned = this.readBytes(length).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
    const value = BigInt.asIntN(8 * length, unsigned)
    return Number.isSafeInteger(Number(value)) ? Number(value) : value
  }
  #advance(count: number): number {
    return this.readBytes(count).byteOffset - this.#bytes.byteOffset
  }

  // The stack and the memo

  push(value: unknown): void {
    this.#stack.push(value)
  }
  pop(): unknown {
    this.#checkStack()
    return this.#stack.pop()
  }
  top(): unknown {
    this.#checkStack()
    return this.#stack.at(-1)
  }
  /** Pops the last `count` values, in the order in which they were pushed. */
  popLast(count: number): unknown[] {
    return Array.from({ length: count }, () => this.pop()).reverse()
  }
  mark(): void {
    this.#marks.push(this.#stack.length)
  }
  /** Pops all values since the last mark. */
  popMarked(): unknown[] {
    const start = this.#marks.pop()
    if (start === undefined) return damagedError(this.#file, 'the pickle closes a mark that is not open')
    return this.#stack.splice(start)
  }
  #checkStack(): void {
    if (this.#stack.length > (this.#marks.at(-1) ?? 0)) return
    damagedError(this.#file, 'the pickle pops from an empty stack')
  }
  memoize(key: number = this.#memo.size): void {
    this.#memo.set(key, this.top())
  }
  recall(key: number): void {
    if (!this.#memo.has(key)) damagedError(this.#file, 'the pickle recalls an entry that its memo lacks', `${key}`)
    this.push(this.#memo.get(key))
  }

  // Building values

  append(items: readonly unknown[]): void {
    const target = this.top()
    const list = target instanceof PickleObject ? target.parts : target
    if (!Array.isArray(list))
      damagedError(this.#file, 'the pickle appends to a value that is not a list', describeValue(target))
    for (const item of items) list.push(item)
  }
  setItems(items: readonly unknown[]): void {
    const target = this.top()
    const dict = target instanceof PickleObject ? target.items : target
    if (!(dict instanceof Map))
      damagedError(this.#file, 'the pickle sets an item of a value that is not a dict', describeValue(target))
    if (items.length % 2 !== 0) damagedError(this.#file, 'the pickle has a key without a value')
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i]
      if (dict.has(key)) duplicateError(this.#file, typeof key === 'string' ? key : describeValue(key))
      dict.set(key, items[i + 1])
    }
  }
  /** Pushes the name of a class or function. */
  pushName(module: unknown, qualifiedName: unknown): void {
    if (typeof module !== 'string' || typeof qualifiedName !== 'string') {
      const received = `${describeValue(module)}, ${describeValue(qualifiedName)}`
      damagedError(this.#file, 'the pickle has a name that is not a text', received)
    }
    const name = `${module}.${qualifiedName}`
    if (DANGEROUS.test(name) && !this.#vocabulary.names.has(name)) dangerousError(name, this.#file)
    this.push(new PickleName(name))
  }
  /** Pushes what a call gives: a known function's result, else a placeholder. */
  pushCall(callee: unknown, args: unknown): void {
    const isObject = callee instanceof PickleObject
    if (!isObject && !(callee instanceof PickleName)) {
      damagedError(this.#file, 'the pickle calls a value that is not a function', describeValue(callee))
    }
    if (!isObject && this.#vocabulary.names.has(callee.name)) this.push(this.#vocabulary.call(callee.name, args))
    else this.pushObject(callee, args)
  }
  /** Pushes the placeholder of an object. */
  pushObject(type: unknown, ...parts: unknown[]): void {
    if (type instanceof PickleName) this.push(new PickleObject(type.name, parts))
    else if (type instanceof PickleObject) this.push(new PickleObject(type.className, [type, ...parts]))
    else damagedError(this.#file, 'the pickle makes an object of a value that is not a class', describeValue(type))
  }
  pushPersistent(): void {
    this.push(this.#vocabulary.persistent(this.pop()))
  }
  /** Keeps the state of a placeholder; drops the attributes of a dict, such as `_metadata` of a state_dict. */
  setState(): void {
    const state = this.pop()
    const target = this.top()
    if (target instanceof PickleObject) target.parts.push(state)
    else if (!(target instanceof Map))
      damagedError(this.#file, 'the pickle sets attributes of a value without any', describeValue(target))
  }
}

function dangerousError(name: string, file: string): never {
  return fail({
    code: 'WEIGHTS_UNSAFE',
    problem: 'the pickle names a function that runs programs; nothing was run',
    file,
    received: quoteClass(name),
    expected: 'a file from a source that you trust, or safetensors, which cannot hold code',
  })
}
