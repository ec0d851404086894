import { getTypeName } from '../type-name.ts'
import type { ArgumentKind } from './check-argument.ts'

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null
const isFiniteNumber = (value: unknown): boolean => Number.isFinite(value)
const isAtLeast = (value: unknown, least: number): boolean => Number.isSafeInteger(value) && (value as number) >= least

const number: ArgumentKind = { expected: 'a finite number', test: isFiniteNumber }
const count: ArgumentKind = { expected: 'an integer of at least 0', test: (value) => isAtLeast(value, 0) }
const size: ArgumentKind = { expected: 'an integer of at least 1', test: (value) => isAtLeast(value, 1) }
const boolean: ArgumentKind = { expected: 'true or false', test: (value) => typeof value === 'boolean' }
const string: ArgumentKind = { expected: 'a string', test: (value) => typeof value === 'string' }
const object: ArgumentKind = { expected: 'an object', test: (value) => isObject(value) && !Array.isArray(value) }
const array: ArgumentKind = { expected: 'an array', test: Array.isArray }
const aFunction: ArgumentKind = { expected: 'a function', test: (value) => typeof value === 'function' }
const strings: ArgumentKind = { ...array, expected: 'an array of strings', items: string }
const keypoints: ArgumentKind = {
  expected: 'a Float32Array x0 y0 x1 y1 ...',
  test: (value) => getTypeName(value) === 'Float32Array' && (value as Float32Array).length % 2 === 0,
}
const visibility: ArgumentKind = {
  expected: 'a Uint8Array with one visibility per point',
  test: (value) => getTypeName(value) === 'Uint8Array',
}
const affine: ArgumentKind = {
  expected: 'an affine map: six finite numbers',
  test: (value) => Array.isArray(value) && value.length === 6 && value.every(isFiniteNumber),
}
const image: ArgumentKind = {
  expected: 'an image: createImage(data, width, height, channels)',
  test: (value) => {
    if (!isObject(value)) return false
    const { data, width, height, channels } = value as Record<string, unknown>
    return (
      ['Uint8Array', 'Float32Array'].includes(getTypeName(data)) &&
      isAtLeast(width, 1) &&
      isAtLeast(height, 1) &&
      (channels === 1 || channels === 3) &&
      (data as Uint8Array).length === (width as number) * (height as number) * channels
    )
  },
}
const scheme: ArgumentKind = {
  expected: 'a scheme: defineScheme({ name, pointNames, flipPairs, parts })',
  test: (value) => {
    if (!isObject(value)) return false
    const { name, pointNames, flipPairs, parts } = value as Record<string, unknown>
    return typeof name === 'string' && [pointNames, flipPairs, parts].every(Array.isArray)
  },
}
const dataset: ArgumentKind = {
  expected: 'a dataset: an object with length, scheme and get, such as createDataset(scheme, samples)',
  test: (value) =>
    isObject(value) &&
    isAtLeast((value as { length?: unknown }).length, 0) &&
    typeof (value as { get?: unknown }).get === 'function' &&
    scheme.test((value as { scheme?: unknown }).scheme),
}
const sample: ArgumentKind = {
  expected: 'a sample: createSample({ id, image, keypoints })',
  test: (value) => {
    if (!isObject(value)) return false
    const { id, image: pixels, keypoints: points, visibility: states, toSource } = value as Record<string, unknown>
    return (
      typeof id === 'string' &&
      image.test(pixels) &&
      keypoints.test(points) &&
      visibility.test(states) &&
      (states as Uint8Array).length * 2 === (points as Float32Array).length &&
      affine.test(toSource)
    )
  },
}

type KindName =
  | 'number'
  | 'string'
  | 'object'
  | 'array'
  | 'strings'
  | 'function'
  | 'keypoints'
  | 'visibility'
  | 'affine'
  | 'image'
  | 'scheme'
  | 'dataset'
  | 'sample'
  | 'boolean'
  | 'positive'
  | 'count'
  | 'size'
  | 'seed'
  | 'bytes'
  | 'path'
  | 'source'
  | 'map'
  | 'weights'
  | 'list'
  | 'numbers'
  | 'box'
  | 'any'
  | 'definedScheme'
  | 'warp'
  | 'sampling'
  | 'random'
  | 'transform'
  | 'promise'
  | 'signal'
  | 'model'
  | 'tensor'
  | 'point'

const sizes = { width: size, height: size }
const pair: ArgumentKind = {
  expected: 'two indices of points',
  test: (value) => Array.isArray(value) && value.length === 2 && value.every((index) => typeof index === 'number'),
}
const part = {
  ...object,
  fields: { name: string, indices: { ...array, items: number }, closed: boolean },
}

/** The kinds of arguments that many functions have, for {@link checkArgument}. */
export const KINDS: Readonly<Record<KindName, ArgumentKind>> = {
  number,
  string,
  object,
  array,
  strings,
  function: aFunction,
  keypoints,
  visibility,
  affine,
  image,
  scheme,
  dataset,
  sample,
  boolean,
  positive: { expected: 'a number above 0', test: (value) => isFiniteNumber(value) && (value as number) > 0 },
  count,
  size,
  seed: { expected: 'an integer up to 2^53 - 1 in size', test: Number.isSafeInteger },
  bytes: { expected: 'a Uint8Array', test: (value) => getTypeName(value) === 'Uint8Array' },
  path: { expected: 'a path: a string that is not empty, without NUL characters', test: isPath },
  map: { expected: 'a Map', test: (value) => getTypeName(value) === 'Map' },
  weights: {
    expected: 'a path, a URL or the bytes of weights (a Uint8Array)',
    test: (value) => isPath(value) || getTypeName(value) === 'URL' || getTypeName(value) === 'Uint8Array',
  },
  source: {
    expected: 'a path or an address: a string that is not empty, or a URL',
    test: (value) => isPath(value) || getTypeName(value) === 'URL',
  },
  list: {
    expected: 'an array or a typed array',
    test: (value) => Array.isArray(value) || (ArrayBuffer.isView(value) && getTypeName(value) !== 'DataView'),
  },
  numbers: { expected: 'numbers: an array or a typed array', test: isNumbers },
  box: {
    ...object,
    expected: 'a box: left, top, width, height',
    fields: { left: number, top: number, width: number, height: number },
  },
  any: { expected: 'a value', test: () => true },
  /** A scheme as `defineScheme` receives it: all of its fields. */
  definedScheme: {
    ...object,
    fields: {
      name: string,
      pointNames: strings,
      flipPairs: { ...array, items: pair },
      parts: { ...array, items: part },
      normalizationPair: optionalKind(pair),
    },
  },
  warp: {
    expected: "a warp: an object of kind 'homography' or 'grid'",
    test: isWarp,
  },
  sampling: {
    ...object,
    fields: {
      ...sizes,
      border: {
        expected: "'edge', 'reflect' or { constant: number }",
        test: (value) => value === undefined || value === 'edge' || value === 'reflect' || hasConstant(value),
      },
    },
  },
  random: {
    expected: 'random numbers: randomStream({ seed, purpose })',
    test: (value) => hasMethods(value, ['uniform', 'integer']),
  },
  transform: {
    expected: 'a transform: an object with makeParams and apply',
    test: (value) => hasMethods(value, ['makeParams', 'apply']),
  },
  promise: { expected: 'a promise', test: (value) => hasMethods(value, ['then']) },
  signal: { expected: 'an AbortSignal', test: (value) => hasMethods(value, ['addEventListener', 'throwIfAborted']) },
  model: { expected: 'a tf.LayersModel', test: (value) => hasMethods(value, ['predict', 'getWeights', 'getLayer']) },
  tensor: { expected: 'a tensor', test: (value) => hasMethods(value, ['dataSync', 'dispose']) },
  point: {
    expected: 'a point: two finite numbers',
    test: (value) => Array.isArray(value) && value.length === 2 && value.every(isFiniteNumber),
  },
}

function isPath(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && !value.includes('\0')
}

function hasMethods(value: unknown, names: readonly string[]): boolean {
  return isObject(value) && names.every((name) => typeof (value as Record<string, unknown>)[name] === 'function')
}

function hasConstant(value: unknown): boolean {
  return isObject(value) && isFiniteNumber((value as { constant?: unknown }).constant)
}

function isWarp(value: unknown): boolean {
  if (!isObject(value)) return false
  const { kind, matrix, width, height, columns, rows, dx, dy } = value as Record<string, unknown>
  if (kind === 'homography') return isNumbers(matrix) && (matrix as readonly number[]).length === 9
  return (
    kind === 'grid' &&
    [width, height, columns, rows].every((side) => isAtLeast(side, 1)) &&
    isNumbers(dx) &&
    isNumbers(dy)
  )
}

function isNumbers(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'number')
  return ArrayBuffer.isView(value) && !(value instanceof DataView) && !getTypeName(value).startsWith('Big')
}

/** Makes a kind whose value may also be undefined. */
export function optionalKind(kind: ArgumentKind): ArgumentKind {
  return { ...kind, test: (value) => value === undefined || kind.test(value) }
}

/** Makes the kind of arrays of a kind. */
export function listKind(items: ArgumentKind): ArgumentKind {
  return { ...array, expected: 'an array', items }
}

/** Makes the kind of objects with these fields, and possibly others. */
export function objectKind(fields: Readonly<Record<string, ArgumentKind>>): ArgumentKind {
  return { ...object, fields }
}

/** Makes the kind of options: objects with these fields and no others, each of which may be left out. */
export function optionsKind(fields: Readonly<Record<string, ArgumentKind>>): ArgumentKind {
  const optionalFields = Object.fromEntries(
    Object.entries(fields ?? {}).map(([name, kind]) => [name, optionalKind(kind)]),
  )
  return { ...object, fields: optionalFields, isStrict: true }
}
