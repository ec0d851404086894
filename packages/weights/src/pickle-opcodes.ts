import type { PickleMachine } from './pickle-machine.ts'
import type { PickleName } from './pickle-values.ts'

export const STOP = 0x2e

/** What each opcode of data does. */
export const OPCODES: Readonly<Record<number, (machine: PickleMachine) => void>> = {
  128: (m) => m.readBytes(1), // PROTO: an opcode of a later protocol is refused when it comes
  149: (m) => m.readBytes(8), // FRAME: a hint for reading ahead
  40: (m) => m.mark(),
  48: (m) => m.pop(),
  49: (m) => m.popMarked(),
  50: (m) => m.push(m.top()),
  78: (m) => m.push(null),
  136: (m) => m.push(true),
  137: (m) => m.push(false),
  // numbers
  74: (m) => m.push(m.readInt32()),
  75: (m) => m.push(m.readByte()),
  77: (m) => m.push(m.readUint16()),
  138: (m) => m.push(m.readInteger(m.readByte())),
  139: (m) => m.push(m.readInteger(m.readUint32())),
  71: (m) => m.push(m.readDouble()),
  // texts and bytes; SHORT_BINSTRING and BINSTRING, texts of Python 2, may hold any bytes
  88: (m) => m.push(m.readText(m.readUint32())),
  140: (m) => m.push(m.readText(m.readByte())),
  141: (m) => m.push(m.readText(m.readUint64())),
  85: (m) => m.push(m.readText(m.readByte())),
  84: (m) => m.push(m.readText(m.readUint32())),
  66: (m) => m.push(m.readBytes(m.readUint32())),
  67: (m) => m.push(m.readBytes(m.readByte())),
  142: (m) => m.push(m.readBytes(m.readUint64())),
  150: (m) => m.push(m.readBytes(m.readUint64())),
  // tuples, lists and sets
  41: (m) => m.push([]),
  93: (m) => m.push([]),
  133: (m) => m.push(m.popLast(1)),
  134: (m) => m.push(m.popLast(2)),
  135: (m) => m.push(m.popLast(3)),
  116: (m) => m.push(m.popMarked()),
  108: (m) => m.push(m.popMarked()),
  97: (m) => m.append([m.pop()]),
  101: (m) => m.append(m.popMarked()),
  143: (m) => m.push([]),
  144: (m) => m.append(m.popMarked()),
  145: (m) => m.push(m.popMarked()),
  // dicts
  125: (m) => m.push(new Map()),
  100: (m) => {
    const items = m.popMarked()
    m.push(new Map())
    m.setItems(items)
  },
  115: (m) => m.setItems(m.popLast(2)),
  117: (m) => m.setItems(m.popMarked()),
  // the memo
  113: (m) => m.memoize(m.readByte()),
  114: (m) => m.memoize(m.readUint32()),
  148: (m) => m.memoize(),
  104: (m) => m.recall(m.readByte()),
  106: (m) => m.recall(m.readUint32()),
  // names, calls and objects
  99: (m) => m.pushName(m.readLine(), m.readLine()),
  147: (m) => {
    const [module, qualifiedName] = m.popLast(2)
    m.pushName(module, qualifiedName)
  },
  82: (m) => {
    const [callee, args] = m.popLast(2)
    m.pushCall(callee, args)
  },
  129: (m) => {
    const [type, ...parts] = m.popLast(2)
    m.pushObject(type, ...parts)
  },
  146: (m) => {
    const [type, ...parts] = m.popLast(3)
    m.pushObject(type, ...parts)
  },
  105: (m) => {
    m.pushName(m.readLine(), m.readLine())
    const type = m.pop() as PickleName
    m.pushObject(type, ...m.popMarked())
  },
  111: (m) => {
    const [type, ...parts] = m.popMarked()
    m.pushObject(type, ...parts)
  },
  81: (m) => m.pushPersistent(),
  98: (m) => m.setState(),
}

/** Names of opcodes that are refused. */
export const REFUSED_OPCODES: Readonly<Record<number, string>> = {
  70: 'FLOAT (a pickle of protocol 0)',
  73: 'INT (a pickle of protocol 0)',
  76: 'LONG (a pickle of protocol 0)',
  80: 'PERSID (a pickle of protocol 0)',
  83: 'STRING (a pickle of protocol 0)',
  86: 'UNICODE (a pickle of protocol 0)',
  130: 'EXT1',
  131: 'EXT2',
  132: 'EXT4',
  151: 'NEXT_BUFFER',
  152: 'READONLY_BUFFER',
}
