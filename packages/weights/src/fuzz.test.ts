import { isFacekpError } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createSafetensors, fixture } from '../fixtures/fixtures.ts'
import { readTensors } from './read.ts'
import { readShardedWeights } from './sharded.ts'

type Change = { readonly at: number; readonly kind: 'set' | 'insert' | 'remove' | 'cut'; readonly bytes: Uint8Array }

/** A place from the file's beginning or end, where its structure is, or anywhere in it. */
const place = fc.oneof(
  fc.nat({ max: 200 }),
  fc.nat({ max: 400 }).map((back) => -1 - back),
  fc.nat({ max: 100_000 }),
)

const change: fc.Arbitrary<Change> = fc.record({
  at: place,
  kind: fc.constantFrom('set', 'set', 'insert', 'remove', 'cut'),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 9 }),
    fc.constantFrom(Uint8Array.of(255, 255, 255, 255), Uint8Array.of(0, 0, 0, 128), new Uint8Array(8)),
  ),
})

function applyChange(bytes: Uint8Array, { at, kind, bytes: piece }: Change): Uint8Array {
  const from = ((at % bytes.length) + bytes.length) % (bytes.length || 1) || 0
  if (kind === 'cut') return bytes.slice(0, from)
  const inserted = kind === 'remove' ? new Uint8Array() : piece
  const after = bytes.subarray(kind === 'insert' ? from : from + piece.length)
  const changed = new Uint8Array(from + inserted.length + after.length)
  changed.set(bytes.subarray(0, from))
  changed.set(inserted, from)
  changed.set(after, from + inserted.length)
  return changed
}

/** Nothing comes out but tensors or an error that names the file. */
function expectTensorsOrError(bytes: Uint8Array): void {
  try {
    for (const { shape, data } of readTensors(bytes, { file: 'changed' })) {
      expect(data.length).toBe(shape.reduce((product, side) => product * side, 1))
    }
  } catch (error) {
    if (!isFacekpError(error)) throw error
    expect(error.file).toBe('changed')
  }
}

describe('a changed file is read or refused, and nothing else happens', () => {
  test.each([
    'tensors.pth',
    'tensors-legacy.pth',
    'tensors.safetensors',
    'checkpoint.pth.tar',
    'checkpoints/objects.pth',
    'checkpoint-protocol-4.pth.tar',
    'command-legacy.pth',
  ])('%s', (name) => {
    const whole = fixture(name)
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        expectTensorsOrError(changes.reduce(applyChange, whole))
      }),
      { numRuns: 300 },
    )
  })
})

test('any pickle of known opcodes', () => {
  const opcode = fc.constantFrom(
    ...[
      ...'(012NJKMGXUTBC)]\x85\x86\x87tlae}dsuqrhjciRoQb.\x81\x88\x89\x8a\x8b\x8c\x8d\x8e\x8f\x90\x91\x92\x93\x94\x95\x96',
    ].map((char) => char.charCodeAt(0)),
  )
  const number = fc.nat({ max: 5 })
  const name = fc.constantFrom(
    ...[
      'torch._utils\n_rebuild_tensor_v2\n',
      'torch\nFloatStorage\n',
      'collections\nOrderedDict\n',
      'torch\nSize\n',
      'mmengine\nHistoryBuffer\n',
    ].map((text) => [...text].map((char) => char.charCodeAt(0))),
  )
  // Of the legacy format: the magic number, the version and the machine, each a pickle that STOP and the next PROTO end.
  const legacy = fixture('tensors-legacy.pth')
  let end = 0
  for (let pickles = 0; pickles < 3; end++) if (legacy[end] === 0x2e && legacy[end + 1] === 0x80) pickles++
  const start = legacy.subarray(0, end)
  const piece = fc.oneof(
    opcode.map((code) => [code]),
    number.map((n) => [n]),
    name.map((text) => [0x63, ...text]),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      expectTensorsOrError(Uint8Array.of(0x80, 2, ...pieces.flat()))
      expectTensorsOrError(Uint8Array.of(...start, ...pieces.flat()))
    }),
    { numRuns: 1000 },
  )
})

test('any header of safetensors', () => {
  const entry = fc.record({
    dtype: fc.oneof(fc.constantFrom('F32', 'BF16', 'I64', 'BOOL'), fc.string()),
    shape: fc.array(fc.oneof(fc.nat({ max: 4 }), fc.maxSafeNat(), fc.double())),
    data_offsets: fc.tuple(fc.oneof(fc.nat({ max: 16 }), fc.maxSafeNat()), fc.oneof(fc.nat({ max: 16 }), fc.integer())),
  })
  const name = fc.oneof(
    fc.string(),
    fc.constantFrom('é', '\0', '😀', '\ud800', '"', '\\', '{"', '__proto__', '__metadata__'),
  )
  const header = fc.dictionary(name, fc.oneof({ weight: 5, arbitrary: entry }, fc.jsonValue()))
  fc.assert(
    fc.property(header, fc.uint8Array({ maxLength: 32 }), (json, data) => {
      expectTensorsOrError(createSafetensors(json, data))
    }),
    { numRuns: 200 },
  )
})

test('any model.json', async () => {
  const weight = fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    shape: fc.array(fc.oneof(fc.nat({ max: 3 }), fc.maxSafeNat())),
    dtype: fc.constantFrom('float32', 'int32', 'bool', 'string'),
  })
  const group = fc.record({ paths: fc.array(fc.oneof(fc.constant('w.bin'), fc.string())), weights: fc.array(weight) })
  const model = fc.oneof(fc.record({ weightsManifest: fc.array(fc.oneof(group, fc.jsonValue())) }), fc.jsonValue())
  await fc.assert(
    fc.asyncProperty(model, fc.uint8Array({ maxLength: 40 }), async (json, shard) => {
      const text = new TextEncoder().encode(JSON.stringify(json))
      await readShardedWeights(text, async () => shard, { file: 'changed' }).catch((error) => {
        if (!isFacekpError(error)) throw error
      })
    }),
    { numRuns: 500 },
  )
})
