/** What TensorBoard calls an event, as far as a training writes it. */
export interface TensorBoardEvent {
  /** When, in seconds since 1970. */
  readonly wallTime: number
  /** A whole number of at least 0. */
  readonly step?: number
  /** Version of the file, in its first event: `brain.Event:2`. */
  readonly fileVersion?: string
  /** A run starts at this step: what earlier files contain from it on is void. */
  readonly isStart?: boolean
  /** Kept as 32-bit floats. */
  readonly scalars?: Readonly<Record<string, number>>
}

// The fields' numbers in TensorFlow's event.proto and summary.proto.
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 }
const SUMMARY = { value: 1 }
const VALUE = { tag: 1, simpleValue: 2 }
const SESSION_LOG = { status: 1 }
const START = 1

/**
 * Encodes an event in protocol buffers.
 *
 * Source: https://protobuf.dev/programming-guides/encoding/
 */
export function encodeEvent({ wallTime, step, fileVersion, isStart, scalars }: TensorBoardEvent): Buffer {
  return Buffer.concat([
    double(EVENT.wallTime, wallTime),
    step ? Buffer.concat([key(EVENT.step, 0), varint(step)]) : Buffer.alloc(0),
    fileVersion ? toBytes(EVENT.fileVersion, Buffer.from(fileVersion)) : Buffer.alloc(0),
    scalars ? toBytes(EVENT.summary, Buffer.concat(Object.entries(scalars).map(scalar))) : Buffer.alloc(0),
    isStart ? toBytes(EVENT.sessionLog, Buffer.concat([key(SESSION_LOG.status, 0), varint(START)])) : Buffer.alloc(0),
  ])
}

function scalar([tag, value]: [string, number]): Buffer {
  return toBytes(SUMMARY.value, Buffer.concat([toBytes(VALUE.tag, Buffer.from(tag)), float(VALUE.simpleValue, value)]))
}

/** Encodes a field's number and the kind of its value. */
function key(field: number, kind: 0 | 1 | 2 | 5): Buffer {
  return varint(field * 8 + kind)
}

/** Encodes an integer: seven bits a byte, the lowest first; all bytes but the last have their high bit set. */
function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return Buffer.of(...bytes, rest)
}

function double(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return Buffer.concat([key(field, 1), bytes])
}

function float(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return Buffer.concat([key(field, 5), bytes])
}

function toBytes(field: number, content: Buffer): Buffer {
  return Buffer.concat([key(field, 2), varint(content.length), content])
}
