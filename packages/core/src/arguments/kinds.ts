/** The kinds of arguments that many functions have, for `checkArgument`: `import * as KINDS from '@facekp/core/kinds'`. */
import { getTypeName } from '../type-name.ts'
import type { ArgumentKind } from './check-argument.ts'

interface SizeLike {
  readonly width: number
  readonly height: number
}

interface BoxLike extends SizeLike {
  readonly left: number
  readonly top: number
}

interface ImageLike extends SizeLike {
  readonly data: Uint8Array | Float32Array
  readonly channels: number
}

interface SchemeLike {
  readonly name: string
  readonly pointNames: readonly string[]
}

interface DatasetLike {
  readonly length: number
  readonly scheme: SchemeLike
  get(index: number): unknown
}

interface SampleLike {
  readonly id: string
  readonly image: ImageLike
  readonly keypoints: Float32Array
}

interface ModelLike {
  predict(...args: never[]): unknown
  getWeights(...args: never[]): unknown
}

interface TensorLike {
  dataSync(): unknown
  dispose(): void
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null
const isFiniteNumber = (value: unknown): boolean => Number.isFinite(value)
const isAtLeast = (value: unknown, least: number): boolean => Number.isSafeInteger(value) && (value as number) >= least

export const number: ArgumentKind<number> = { expected: 'a finite number', test: isFiniteNumber }
export const count: ArgumentKind<number> = {
  expected: 'an integer of at least 0',
  test: (value) => isAtLeast(value, 0),
}
export const size: ArgumentKind<number> = { expected: 'an integer of at least 1', test: (value) => isAtLeast(value, 1) }
export const boolean: ArgumentKind<boolean> = { expected: 'true or false', test: (value) => typeof value === 'boolean' }
export const string: ArgumentKind<string> = { expected: 'a string', test: (value) => typeof value === 'string' }
export const object: ArgumentKind<object> = {
  expected: 'an object',
  test: (value) => isObject(value) && !Array.isArray(value),
}
export const array: ArgumentKind<readonly unknown[]> = { expected: 'an array', test: Array.isArray }
const aFunction: ArgumentKind<(...args: never[]) => unknown> = {
  expected: 'a function',
  test: (value) => typeof value === 'function',
}
export const strings: ArgumentKind<readonly string[]> = {
  expected: 'an array of strings',
  test: array.test,
  items: string,
}
export const keypoints: ArgumentKind<Float32Array> = {
  expected: 'a Float32Array x0 y0 x1 y1 ...',
  test: (value) => getTypeName(value) === 'Float32Array' && (value as Float32Array).length % 2 === 0,
}
export const visibility: ArgumentKind<Uint8Array> = {
  expected: 'a Uint8Array with one visibility per point',
  test: (value) => getTypeName(value) === 'Uint8Array',
}
export const affine: ArgumentKind<readonly number[]> = {
  expected: 'an affine map: six finite numbers',
  test: (value) => Array.isArray(value) && value.length === 6 && value.every(isFiniteNumber),
}
export const image: ArgumentKind<ImageLike> = {
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
export const scheme: ArgumentKind<SchemeLike> = {
  expected: 'a scheme: defineScheme({ name, pointNames, flipPairs, parts })',
  test: (value) => {
    if (!isObject(value)) return false
    const { name, pointNames, flipPairs, parts } = value as Record<string, unknown>
    return typeof name === 'string' && [pointNames, flipPairs, parts].every(Array.isArray)
  },
}
export const dataset: ArgumentKind<DatasetLike> = {
  expected: 'a dataset: an object with length, scheme and get, such as createDataset(scheme, samples)',
  test: (value) =>
    isObject(value) &&
    isAtLeast((value as { length?: unknown }).length, 0) &&
    typeof (value as { get?: unknown }).get === 'function' &&
    scheme.test((value as { scheme?: unknown }).scheme),
}
export const sample: ArgumentKind<SampleLike> = {
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

const sizes = { width: size, height: size }
const pair: ArgumentKind<readonly [number, number]> = {
  expected: 'two indices of points',
  test: (value) => Array.isArray(value) && value.length === 2 && value.every((index) => typeof index === 'number'),
}
const part = {
  expected: object.expected,
  test: object.test,
  fields: { name: string, indices: { expected: array.expected, test: array.test, items: number }, closed: boolean },
}

export const positive: ArgumentKind<number> = {
  expected: 'a number above 0',
  test: (value) => isFiniteNumber(value) && (value as number) > 0,
}
export const seed: ArgumentKind<number> = { expected: 'an integer up to 2^53 - 1 in size', test: Number.isSafeInteger }
export const bytes: ArgumentKind<Uint8Array> = {
  expected: 'a Uint8Array',
  test: (value) => getTypeName(value) === 'Uint8Array',
}
export const path: ArgumentKind<string> = {
  expected: 'a path: a string that is not empty, without NUL characters',
  test: isPath,
}
export const map: ArgumentKind<object> = {
  expected: 'a Map',
  test: (value) => getTypeName(value) === 'Map',
}
export const weights: ArgumentKind<string | URL | Uint8Array> = {
  expected: 'a path, a URL or the bytes of weights (a Uint8Array)',
  test: (value) => isPath(value) || getTypeName(value) === 'URL' || getTypeName(value) === 'Uint8Array',
}
export const source: ArgumentKind<string | URL> = {
  expected: 'a path or an address: a string that is not empty, or a URL',
  test: (value) => isPath(value) || getTypeName(value) === 'URL',
}
export const list: ArgumentKind<ArrayLike<unknown>> = {
  expected: 'an array or a typed array',
  test: (value) => Array.isArray(value) || (ArrayBuffer.isView(value) && getTypeName(value) !== 'DataView'),
}
export const numbers: ArgumentKind<ArrayLike<number>> = {
  expected: 'numbers: an array or a typed array',
  test: isNumbers,
}
export const box: ArgumentKind<BoxLike> = {
  expected: 'a box: left, top, width, height',
  test: object.test,
  fields: { left: number, top: number, width: number, height: number },
}
export const any: ArgumentKind<unknown> = { expected: 'a value', test: () => true }
/** A scheme as `defineScheme` receives it: all of its fields. */
export const definedScheme: ArgumentKind<SchemeLike> = {
  expected: object.expected,
  test: object.test,
  fields: {
    name: string,
    pointNames: strings,
    flipPairs: { expected: array.expected, test: array.test, items: pair },
    parts: { expected: array.expected, test: array.test, items: part },
    normalizationPair: { expected: pair.expected, test: (value) => value === undefined || pair.test(value) },
  },
}
export const warp: ArgumentKind<object> = {
  expected: "a warp: an object of kind 'homography' or 'grid'",
  test: isWarp,
}
export const sampling: ArgumentKind<SizeLike> = {
  expected: object.expected,
  test: object.test,
  fields: {
    ...sizes,
    border: {
      expected: "'edge', 'reflect' or { constant: number }",
      test: (value) => value === undefined || value === 'edge' || value === 'reflect' || hasConstant(value),
    },
  },
}
export const random: ArgumentKind<object> = {
  expected: 'random numbers: randomStream({ seed, purpose })',
  test: (value) => hasMethods(value, ['uniform', 'integer']),
}
export const transform: ArgumentKind<object> = {
  expected: 'a transform: an object with makeParams and apply',
  test: (value) => hasMethods(value, ['makeParams', 'apply']),
}
export const promise: ArgumentKind<PromiseLike<unknown>> = {
  expected: 'a promise',
  test: (value) => hasMethods(value, ['then']),
}
export const signal: ArgumentKind<AbortSignal> = {
  expected: 'an AbortSignal',
  test: (value) => hasMethods(value, ['addEventListener', 'throwIfAborted']),
}
export const model: ArgumentKind<ModelLike> = {
  expected: 'a tf.LayersModel',
  test: (value) => hasMethods(value, ['predict', 'getWeights', 'getLayer']),
}
export const tensor: ArgumentKind<TensorLike> = {
  expected: 'a tensor',
  test: (value) => hasMethods(value, ['dataSync', 'dispose']),
}
export const point: ArgumentKind<readonly [number, number]> = {
  expected: 'a point: two finite numbers',
  test: (value) => Array.isArray(value) && value.length === 2 && value.every(isFiniteNumber),
}
export { aFunction as function }

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
