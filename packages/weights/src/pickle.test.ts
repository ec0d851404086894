import { describe, expect, test } from '@jest/globals'
import { readPickle } from './pickle.ts'
import type { PickleVocabulary } from './pickle-machine.ts'
import { PickleName, PickleObject } from './pickle-values.ts'

const VOCABULARY: PickleVocabulary = {
  names: new Set(['math.add']),
  call: (name, args) => ({ name, args }),
  persistent: (id) => ({ id }),
}
const latin1 = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0))
const read = (text: string) => readPickle(latin1(text), 0, VOCABULARY, 'w')
const value = (text: string) => read(text).value

describe('what it reads is what Python reads', () => {
  // The bytes are those of pickle.dumps(VALUE, PROTOCOL) in Python 3.11.
  test.each<[string, string, unknown]>([
    ['None', '\x80\x02N.', null],
    ['[True, False]', '\x80\x02]q\x00(\x88\x89e.', [true, false]],
    [
      '[0, 255, 65535, -1, 2**31]',
      '\x80\x02]q\x00(K\x00K\xffM\xff\xffJ\xff\xff\xff\xff\x8a\x05\x00\x00\x00\x80\x00e.',
      [0, 255, 65535, -1, 2 ** 31],
    ],
    ['-2**63', '\x80\x02\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x80.', -(2n ** 63n)],
    [
      '2**128 - 1, as in the state of a generator of NumPy',
      `\x80\x02\x8a\x11${'\xff'.repeat(16)}\x00.`,
      2n ** 128n - 1n,
    ],
    ['-2**130 - 5', `\x80\x02\x8a\x11\xfb${'\xff'.repeat(15)}\xfb.`, -(2n ** 130n) - 5n],
    ['0.1', '\x80\x02G?\xb9\x99\x99\x99\x99\x99\x9a.', 0.1],
    ["'Gesicht ä'", '\x80\x02X\n\x00\x00\x00Gesicht \xc3\xa4q\x00.', 'Gesicht ä'],
    ["b'\\x00\\xff' (protocol 3)", '\x80\x03C\x02\x00\xffq\x00.', Uint8Array.of(0, 255)],
    [
      '(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)',
      '\x80\x02()K\x01\x85q\x00K\x01K\x02\x86q\x01K\x01K\x02K\x03\x87q\x02(K\x01K\x02K\x03K\x04tq\x03tq\x04.',
      [[], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4]],
    ],
    [
      "{'a': [1], 2: {}}",
      '\x80\x02}q\x00(X\x01\x00\x00\x00aq\x01]q\x02K\x01aK\x02}q\x03u.',
      new Map<unknown, unknown>([
        ['a', [1]],
        [2, new Map()],
      ]),
    ],
    [
      "{'a': 1} (protocol 4)",
      '\x80\x04\x95\n\x00\x00\x00\x00\x00\x00\x00}\x94\x8c\x01a\x94K\x01s.',
      new Map([['a', 1]]),
    ],
  ])('%s', (_, text, expected) => {
    expect(read(text)).toEqual({ value: expected, end: text.length })
  })

  test('one value in two places', () => {
    const [first, second] = value('\x80\x02]q\x00(]q\x01h\x01e.') as unknown[]
    expect(first).toBe(second)
  })

  test('names, calls and persistent ids go to the vocabulary, and to nothing else', () => {
    expect(value('\x80\x02cmath\nadd\nq\x00K\x01K\x02\x86q\x01Rq\x02.')).toEqual({ name: 'math.add', args: [1, 2] })
    expect(value('\x80\x04\x8c\x04math\x8c\x03add\x93K\x01\x85R.')).toEqual({ name: 'math.add', args: [1] })
    expect(value('\x80\x02K\x07Q.')).toEqual({ id: 7 })
  })
})

describe('an object of an unknown class is a placeholder', () => {
  const object = (name: string, parts: unknown[], items: [unknown, unknown][] = []) =>
    Object.assign(new PickleObject(name, parts), { items: new Map(items) })
  test.each<[string, string, unknown]>([
    ['a class', '\x80\x02cmath\nVector\n.', new PickleName('math.Vector')],
    ['a name of every object', '\x80\x02cmath\n__proto__\n.', new PickleName('math.__proto__')],
    ['REDUCE', '\x80\x02cmath\nVector\nK\x01\x85R.', object('math.Vector', [[1]])],
    ['INST', '(K\x01imath\nVector\n.', object('math.Vector', [1])],
    ['OBJ', '(cmath\nadd\nK\x01o.', object('math.add', [1])],
    ['NEWOBJ', '\x80\x02cmath\nadd\nK\x01\x85\x81.', object('math.add', [[1]])],
    ['NEWOBJ_EX', '\x80\x04cmath\nadd\n)}\x92.', object('math.add', [[], new Map()])],
    ['BUILD', '\x80\x02cmath\nVector\n)\x81K\x05b.', object('math.Vector', [[], 5])],
    ['SETITEM', '\x80\x02cmath\nDict\n)\x81K\x05K\x06s.', object('math.Dict', [[]], [[5, 6]])],
    ['APPEND', '\x80\x02cmath\nList\n)\x81K\x05a.', object('math.List', [[], 5])],
    ['the result of one', '\x80\x02cmath\nVector\n)R)R.', object('math.Vector', [object('math.Vector', [[]]), []])],
  ])('%s', (_, text, expected) => {
    expect(value(text)).toEqual(expected)
  })

  // pickle.dumps of each in Python 3.11, with protocol 4.
  test.each<[string, string, unknown]>([
    ['{1, 2}', '\x80\x04\x95\x09\x00\x00\x00\x00\x00\x00\x00\x8f\x94(K\x01K\x02\x90.', [1, 2]],
    ['frozenset({1})', '\x80\x04\x95\x06\x00\x00\x00\x00\x00\x00\x00(K\x01\x91\x94.', [1]],
    ['{(1,): 2}', '\x80\x04\x95\x0a\x00\x00\x00\x00\x00\x00\x00}\x94K\x01\x85\x94K\x02s.', new Map([[[1], 2]])],
  ])('%s', (_, text, expected) => {
    expect(value(text)).toEqual(expected)
  })
})

describe('what could run something is refused by its name', () => {
  test.each([
    ['os.system', '\x80\x02cos\nsystem\nX\x02\x00\x00\x00ls\x85R.'],
    ['os.system', '\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02ls\x85R.'],
    ['os.system', '(ios\nsystem\n.'],
    ['builtins.eval', '\x80\x02cbuiltins\neval\nX\x01\x00\x00\x001\x85R.'],
    ['__builtin__.exec', '\x80\x02c__builtin__\nexec\n.'],
    ['subprocess.Popen', '\x80\x02csubprocess\nPopen\n.'],
    ['EXT1', '\x80\x02\x82\x01.'],
    ['INT (a pickle of protocol 0)', 'I1\n.'],
    ['0xff', '\xff'],
  ])('%s', (received, text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'WEIGHTS_UNSAFE', file: 'w', received }))
  })
})

describe('a pickle that is built wrongly', () => {
  test.each<[string, string, string]>([
    ['is empty', '', 'WEIGHTS_TRUNCATED'],
    ['has no end', '\x80\x02N', 'WEIGHTS_TRUNCATED'],
    ['has a text that is longer than the file', '\x80\x02X\xff\xff\xff\x7fa', 'WEIGHTS_TRUNCATED'],
    ['has a text of 2^64 bytes', '\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\xffa', 'WEIGHTS_TRUNCATED'],
    ['has a name without end', '\x80\x02cmath\nadd', 'WEIGHTS_TRUNCATED'],
    ['takes from an empty stack', '\x80\x02\x85.', 'WEIGHTS_DAMAGED'],
    ['takes what lies below a mark', '\x80\x02N(\x85.', 'WEIGHTS_DAMAGED'],
    ['closes what it did not open', '\x80\x02t.', 'WEIGHTS_DAMAGED'],
    ['recalls what was not remembered', '\x80\x02h\x05.', 'WEIGHTS_DAMAGED'],
    ['appends to a dict', '\x80\x02}Na.', 'WEIGHTS_DAMAGED'],
    ['sets an item of a list', '\x80\x02]NNs.', 'WEIGHTS_DAMAGED'],
    ['sets attributes of a list', '\x80\x02]}b.', 'WEIGHTS_DAMAGED'],
    ['calls a number', '\x80\x02K\x01)R.', 'WEIGHTS_DAMAGED'],
    ['has a name that is a list', '\x80\x02]]\x93.', 'WEIGHTS_DAMAGED'],
    ['makes an object of a number', '\x80\x02K\x01)\x81.', 'WEIGHTS_DAMAGED'],
    ['has a key without a value', '\x80\x02}(Nu.', 'WEIGHTS_DAMAGED'],
    ['has a key twice', '\x80\x02}(K\x01NK\x01Nu.', 'WEIGHTS_DUPLICATE'],
    ['has a text that is not UTF-8', '\x80\x02X\x01\x00\x00\x00\xff.', 'WEIGHTS_DAMAGED'],
    ['has a number of 2000 bytes', `\x80\x02\x8b\xd0\x07\x00\x00${'\x01'.repeat(2000)}.`, 'WEIGHTS_DAMAGED'],
  ])('and %s is an error', (_, text, code) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code, file: 'w' }))
  })

  test('values nested 200,000 deep are read, without recursion', () => {
    const depth = 200_000
    let inner = value(`\x80\x02${']'.repeat(depth)}${'a'.repeat(depth - 1)}.`) as unknown[]
    let count = 1
    for (; inner.length > 0; count++) inner = inner[0] as unknown[]
    expect(count).toBe(depth)
  })
})
