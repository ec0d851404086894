import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import type { EpochReport, StepReport } from '../../loop/reports.ts'
import { maskedCrc32c } from './crc32c.ts'
import { encodeEvent, type TensorBoardEvent } from './event.ts'
import { encodeRecord } from './record.ts'
import { tensorBoard } from './tensor-board.ts'

// TensorBoard's own bytes, made by golden.py.
const golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8'))
const EVENTS: TensorBoardEvent[] = [
  { wallTime: 1700000000.5, fileVersion: 'brain.Event:2' },
  { wallTime: 1700000000.5, step: 101, isStart: true },
  {
    wallTime: 1700000001.25,
    step: 300,
    scalars: { 'step/loss': 0.1, 'step/gradientNorm': -2.5, ['é'.repeat(80)]: Number.NaN },
  },
  { wallTime: 1, step: 2 ** 40, scalars: { zero: 0 } },
]

test.each<{ bytes: string; masked: number }>(golden.crc32c)("the checksum of '$bytes'", ({ bytes, masked }) => {
  expect(maskedCrc32c(Buffer.from(bytes, 'hex'))).toBe(masked)
})

test.each([...EVENTS.entries()])('event %i is written as TensorBoard writes it', (i, event) => {
  expect(encodeEvent(event).toString('hex')).toBe(golden.events[i])
  expect(encodeRecord(encodeEvent(event)).toString('hex')).toBe(golden.records[i])
})

/** Reads a file of events: each checksum is checked. */
function readEvents(file: string): Omit<TensorBoardEvent, 'wallTime'>[] {
  const bytes = readFileSync(file)
  const events: Omit<TensorBoardEvent, 'wallTime'>[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at))
    expect(bytes.readUInt32LE(at + 8)).toBe(maskedCrc32c(bytes.subarray(at, at + 8)))
    const data = bytes.subarray(at + 12, at + 12 + length)
    expect(bytes.readUInt32LE(at + 12 + length)).toBe(maskedCrc32c(data))
    events.push(decodeEvent(data))
    at += 16 + length
  }
  return events
}

/** The fields of a message: numbers as they are, anything else as bytes. */
function parseFields(bytes: Buffer): [field: number, value: number | Buffer][] {
  const fields: [number, number | Buffer][] = []
  let at = 0
  const varint = (): number => {
    let [value, scale] = [0, 1]
    for (; (bytes[at] as number) >= 128; scale *= 128) value += ((bytes[at++] as number) - 128) * scale
    return value + (bytes[at++] as number) * scale
  }
  while (at < bytes.length) {
    const key = varint()
    const field = key >> 3
    const kind = key & 7
    if (kind === 0) fields.push([field, varint()])
    else {
      const fixedLengths: Record<number, number> = { 1: 8, 5: 4 }
      const length = fixedLengths[kind] ?? varint()
      const content = bytes.subarray(at, at + length)
      const numberOrBytes = kind === 5 ? content.readFloatLE() : content
      fields.push([field, kind === 1 ? content.readDoubleLE() : numberOrBytes])
      at += length
    }
  }
  return fields
}

function decodeEvent(data: Buffer): Omit<TensorBoardEvent, 'wallTime'> {
  const fieldsByNumber = new Map(parseFields(data))
  expect(fieldsByNumber.get(1)).toBeGreaterThan(1.7e9)
  const [step, version, summary, log] = [2, 3, 5, 7].map((field) => fieldsByNumber.get(field))
  return {
    ...(step === undefined ? {} : { step: step as number }),
    ...(version ? { fileVersion: String(version) } : {}),
    ...(log ? { isStart: true } : {}),
    ...(summary
      ? {
          scalars: Object.fromEntries(
            parseFields(summary as Buffer).map(([, value]) => {
              const [[, tag], [, number]] = parseFields(value as Buffer) as [[number, Buffer], [number, number]]
              return [String(tag), number]
            }),
          ),
        }
      : {}),
  }
}

describe('tensorBoard', () => {
  const folder = mkdtempSync(join(tmpdir(), 'facekp-tensorboard-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const step = (step: number) => ({ step, loss: 0.5, learningRate: 0.25, gradientNorm: 2 }) as StepReport
  const epoch: EpochReport = {
    epoch: 1,
    step: 2,
    trainLoss: 0.5,
    gradientNorm: 2,
    valLoss: 0.75,
    valErrorPx: 8,
    learningRate: 0.25,
    seconds: 1,
    imagesPerSecond: 1,
  }
  const stepScalars = { 'step/loss': 0.5, 'step/learningRate': 0.25, 'step/gradientNorm': 2 }

  test('writes steps and epochs; another run begins a later file at its first step', () => {
    const run = join(folder, 'new', 'run')
    const first = tensorBoard(run)
    first.onStepEnd?.(step(1))
    first.onStepEnd?.(step(2))
    first.onEpochEnd?.(epoch)
    tensorBoard(run).onStepEnd?.(step(2))
    const { gradientNorm, valLoss, valErrorPx, ...bare } = epoch
    tensorBoard(run).onEpochEnd?.(bare)

    const files = readdirSync(run).sort()
    expect(files.every((name) => /^events\.out\.tfevents\.\d{10}\./.test(name))).toBe(true)
    const version = { fileVersion: 'brain.Event:2' }
    expect(files.map((name) => readEvents(join(run, name)))).toEqual([
      [
        version,
        { step: 1, isStart: true },
        { step: 1, scalars: stepScalars },
        { step: 2, scalars: stepScalars },
        {
          step: 2,
          scalars: {
            'epoch/trainLoss': 0.5,
            'epoch/gradientNorm': 2,
            'epoch/valLoss': 0.75,
            'epoch/valErrorPx': 8,
          },
        },
      ],
      [version, { step: 2, isStart: true }, { step: 2, scalars: stepScalars }],
      [version, { step: 2, isStart: true }, { step: 2, scalars: { 'epoch/trainLoss': 0.5 } }],
    ])
  })

  test('begins another file with a second training', () => {
    const run = join(folder, 'twice')
    const board = tensorBoard(run)
    for (let i = 0; i < 2; i++) {
      board.onTrainBegin?.()
      board.onStepEnd?.(step(1))
    }
    const files = readdirSync(run).sort()
    expect(files).toHaveLength(2)
    for (const name of files) expect(readEvents(join(run, name))[1]).toEqual({ step: 1, isStart: true })
  })
})
