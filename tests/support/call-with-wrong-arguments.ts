// Program: calls every public function of every package with arguments of wrong kinds, and prints as JSON what was wrong. It runs in
// a process of its own, because nothing else could end a call that hangs.
import dns from 'node:dns'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createDataset, createImage, createSample, IDENTITY, IMM_58, isFacekpError } from '@facekp/core'
import * as tf from '@tensorflow/tfjs'

type Callable = (...args: readonly unknown[]) => unknown

const PACKAGES = fileURLToPath(new URL('../../packages/', import.meta.url))
/** Milliseconds after which a call counts as hanging: many times what any takes. */
const PATIENCE = 20_000
const MAX_MESSAGE_LENGTH = 2000
/** What these accept takes seconds, so they are only called with wrong kinds in the first place. */
const SLOW = [
  'faceNet',
  'noseNet',
  'fitFewShot',
  'loadDetector',
  'loadFaceLeveler',
  'levelFaces',
  'loadLandmarker',
  'measureCrop',
  'useBackend',
  'releaseBackend',
]

const circle: Record<string, unknown> = { a: 1 }
circle['self'] = circle
const WRONG: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  null: null,
  number: 7,
  NaN: Number.NaN,
  negative: -1,
  huge: 1e300,
  string: 'x',
  empty: '',
  NUL: 'a\0b',
  array: [],
  'array of undefined': [undefined],
  'long array': new Array(100_000).fill(0),
  object: {},
  'object without prototype': Object.create(null),
  circle,
  function: () => undefined,
  bigint: 10n,
  symbol: Symbol('s'),
  boolean: true,
}

/** The kinds of further arguments. */
const FURTHER = [
  'undefined',
  'null',
  'negative',
  'huge',
  'string',
  'object without prototype',
  'circle',
  'bigint',
  'symbol',
]

const image = createImage(new Uint8Array(64), 8, 8, 1)
const sample = createSample({ id: 'a', image, keypoints: new Float32Array(116).fill(3) })
const prediction = { sample, points: sample.keypoints, predicted: sample.keypoints, errorPx: 1 }
/** One of them is what a function takes first, so that the check of its second argument is reached. */
const VALID: readonly unknown[] = [
  ...[sample, image, IMM_58, createDataset(IMM_58, [sample]), sample.keypoints, 'text', new Uint8Array(9), IDENTITY],
  tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [2] })] }),
  ...[tf.zeros([1, 4, 4, 1]), {}, 3, () => 1, [sample], ['a'], [1, 2], { left: 0, top: 0, width: 4, height: 4 }],
  [prediction],
  [{ id: 'a', target: sample.keypoints, predicted: sample.keypoints }],
  [{ file: 'a.png', width: 8, height: 8, faces: [{ points: [{ name: 'p', x: 1, y: 1, isVisible: true }] }] }],
]

const calledFunctions = new Set<unknown>()
const faults = new Set<string>()
let calls = 0
let onAddress = (): void => {}
// What asks for an address has accepted its arguments.
globalThis.fetch = () => {
  onAddress()
  return Promise.reject(new Error('no network'))
}
// Downloads in Node go past it, but not past the lookup of names.
dns.lookup = ((_: string, __: object, callback: (error: Error) => void) => {
  onAddress()
  callback(Object.assign(new Error('no network'), { code: 'ENOTFOUND' }))
}) as unknown as typeof dns.lookup
// The entries for browsers use it.
globalThis.ImageData = class {} as unknown as typeof ImageData
process.on('unhandledRejection', (error) => faults.add(`unhandled: ${String(error)}`))

// `abortOnInterrupt` adds some at each call.
process.setMaxListeners(0)

for (const { entry, file } of listEntries()) {
  const names = (await import(file)) as Readonly<Record<string, unknown>>
  for (const [name, value] of Object.entries(names)) {
    // A function may be exported by more than one entry.
    if (typeof value !== 'function' || calledFunctions.has(value)) continue
    calledFunctions.add(value)
    for (const [kind, args] of listArguments(name)) await call(`${entry} ${name} of ${kind}`, value as Callable, args)
  }
}
process.stdout.write(`\n${JSON.stringify({ calls, faults: [...faults] })}\n`)
process.exit(0)

function listEntries(): { readonly entry: string; readonly file: string }[] {
  return readdirSync(PACKAGES).flatMap((name) => {
    const { exports } = JSON.parse(readFileSync(join(PACKAGES, name, 'package.json'), 'utf8')) as {
      readonly exports: Readonly<Record<string, { readonly '@facekp/source'?: string }>>
    }
    return Object.entries(exports).flatMap(([path, { '@facekp/source': source }]) =>
      // A worker's entry runs in its thread only.
      source && !path.endsWith('/worker') ? [{ entry: join(name, path), file: join(PACKAGES, name, source) }] : [],
    )
  })
}

function* listArguments(name: string): Generator<readonly [string, readonly unknown[]]> {
  for (const [kind, wrong] of Object.entries(WRONG)) {
    yield [kind, [wrong]]
    yield [`4 x ${kind}`, [wrong, wrong, wrong, wrong]]
    if (SLOW.includes(name)) continue
    if (!FURTHER.includes(kind)) continue
    for (const valid of VALID) {
      yield [`a valid argument and 3 x ${kind}`, [valid, wrong, wrong, wrong]]
      yield [`two valid arguments and ${kind}`, [valid, valid, wrong]]
    }
  }
}

async function call(subject: string, target: Callable, args: readonly unknown[]): Promise<void> {
  calls++
  const asksForAddress = new Promise<void>((resolve) => {
    onAddress = resolve
  })
  let timer: NodeJS.Timeout | undefined
  const tensorsBefore = tf.memory().numTensors
  try {
    const isClass = /^class\b/.test(Function.prototype.toString.call(target))
    const result = isClass ? Reflect.construct(target, args) : target(...args)
    if (result instanceof Promise) {
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error('no end in sight')), PATIENCE).unref()
      })
      await Promise.race([result, asksForAddress, late])
    }
  } catch (error) {
    if (!isFacekpError(error)) faults.add(`${subject}: ${String((error as Error)?.stack ?? error).slice(0, 300)}`)
    else if (error.message.length > MAX_MESSAGE_LENGTH) faults.add(`${subject}: a message that is too long`)
    // Calls that load networks leave these in caches, also for later calls.
    if (!SLOW.some((name) => subject.includes(name)) && tf.memory().numTensors > tensorsBefore)
      faults.add(`${subject}: tensors are left behind`)
  } finally {
    clearTimeout(timer)
  }
}
