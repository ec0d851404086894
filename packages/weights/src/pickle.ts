import { fail, truncatedError } from './errors.ts'
import { PickleMachine, type PickleVocabulary } from './pickle-machine.ts'
import { OPCODES, REFUSED_OPCODES, STOP } from './pickle-opcodes.ts'

export interface Unpickled {
  /**
   * None as null; booleans, strings and bytes; numbers, beyond 2^53 as `bigint`; lists, tuples and sets as arrays; dicts as Maps; a
   * `PickleName` for a class or function; a `PickleObject` for an object of an unknown class.
   */
  readonly value: unknown
  /** Position after the pickle. */
  readonly end: number
}

/**
 * Reads one pickle without running anything: a machine with a stack, a memo and the opcodes of data.
 *
 * What a class or function outside the vocabulary makes is a placeholder. Time and memory are bounded by the length of the pickle, and
 * nested values need no recursion.
 *
 * @param start position of its first byte
 * @throws FacekpError `WEIGHTS_UNSAFE` (a function that runs programs, or an opcode that data do not need), `WEIGHTS_TRUNCATED`,
 *   `WEIGHTS_DAMAGED`, `WEIGHTS_DUPLICATE`
 *
 * Source: `pickletools` of Python's library, which describes every opcode.
 */
export function readPickle(bytes: Uint8Array, start: number, vocabulary: PickleVocabulary, file: string): Unpickled {
  if (start >= bytes.length) return truncatedError(file, 'a pickle', '0 bytes', '1 or more')
  const machine = new PickleMachine({ bytes, start, vocabulary, file })
  for (;;) {
    const position = machine.position
    const code = machine.readByte()
    if (code === STOP) return { value: machine.pop(), end: machine.position }
    const run = OPCODES[code]
    if (!run) {
      return fail({
        code: 'WEIGHTS_UNSAFE',
        problem: `unsupported opcode at byte ${position} of the pickle; nothing was run`,
        file,
        received: REFUSED_OPCODES[code] ?? `0x${code.toString(16).padStart(2, '0')}`,
        expected: 'opcodes of data, as torch.save(model.state_dict(), path) writes them',
      })
    }
    run(machine)
  }
}
