import { defineScheme, FacekpError, type KeypointScheme } from '@facekp/core'
import { parseOptions } from '@facekp/options'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import * as z from 'zod/mini'
import type { MeshPoints } from '../landmarker.ts'
import type { Mesh } from '../mesh-network.ts'
import { mapFromFrame } from '../mesh-network.ts'
import { MESH_POINTS } from '../mesh-points.ts'
import { applyLinearMap, type LinearMap } from './ridge.ts'

const FORMAT = 'facekp-landmarker'
const VERSION = 1
const FEATURES = 2 * MESH_POINTS

/** Errors of images that were left out of the fit; pixels are those of the images. */
export interface FewShotMetrics {
  /** Number of images that the fit is made of. */
  readonly images: number
  /** Mean distance of the points. */
  readonly errorPx: number
  /** Mean distance of each point. */
  readonly errorPxByPoint: readonly number[]
  /** Mean distance relative to that of the scheme's normalization pair, if it has one and both are labeled. */
  readonly nme?: number | undefined
}

/** A landmarker of one's own points, as plain data: the content of `landmarker.json`. */
export interface LandmarkerModel {
  readonly format: typeof FORMAT
  readonly version: typeof VERSION
  readonly scheme: KeypointScheme
  /** Whether meshes are averaged with those of mirrored crops, as they were for the fit. */
  readonly tta: boolean
  readonly regression: EncodedMap
  readonly metrics: FewShotMetrics
  /** License of the landmarker, as given to `saveLandmarker`. */
  readonly license?: string | undefined
  /** The images and labels of the fit, as given to `saveLandmarker`. */
  readonly data?: string | undefined
}

/** A linear map from the 468 points of the mesh, relative to its levelled square, to the points of the scheme: float32 in base64. */
export interface EncodedMap {
  readonly means: string
  readonly offsets: string
  readonly coefficients: string
  /** SHA-256 of the bytes of means, offsets and coefficients, in this order. */
  readonly sha256: string
}

const indexSchema = z.int().check(z.nonnegative())
const modelSchema = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  scheme: z.object({
    name: z.string(),
    pointNames: z.array(z.string()).check(z.minLength(1)),
    flipPairs: z.array(z.tuple([indexSchema, indexSchema])),
    parts: z.array(z.object({ name: z.string(), indices: z.array(indexSchema), closed: z.boolean() })),
    normalizationPair: z.exactOptional(z.tuple([indexSchema, indexSchema])),
  }),
  tta: z.boolean(),
  regression: z.object({
    means: z.base64(),
    offsets: z.base64(),
    coefficients: z.base64(),
    sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/, 'a SHA-256 of 64 hexadecimal digits')),
  }),
  metrics: z.object({
    images: z.int().check(z.positive()),
    errorPx: z.number(),
    errorPxByPoint: z.array(z.number()),
    nme: z.exactOptional(z.number()),
  }),
  license: z.optional(z.string()),
  data: z.optional(z.string()),
})

/** Creates a model of a fitted map. */
export function createModel(
  fields: Pick<LandmarkerModel, 'scheme' | 'tta' | 'metrics'>,
  { means, offsets, coefficients }: LinearMap,
): LandmarkerModel {
  const encoded = {
    means: encodeNumbers(means),
    offsets: encodeNumbers(offsets),
    coefficients: encodeNumbers(coefficients),
  }
  return { format: FORMAT, version: VERSION, ...fields, regression: { ...encoded, sha256: hashMap(encoded) } }
}

/**
 * Checks a model that comes from outside and makes its points computable.
 *
 * @param file that it was read from
 * @throws FacekpError `LANDMARKER_MODEL`
 */
export function readModel(value: unknown, file?: string): MeshPoints {
  checkVersion(value, file)
  const code = 'LANDMARKER_MODEL'
  const { scheme, tta, regression, metrics } = parseOptions({ schema: modelSchema, value, code, noun: 'field', file })
  checkScheme(scheme, metrics, file)
  const targets = 2 * scheme.pointNames.length
  const map = {
    means: decodeNumbers(regression.means, { name: 'means', length: FEATURES, file }),
    offsets: decodeNumbers(regression.offsets, { name: 'offsets', length: targets, file }),
    coefficients: decodeNumbers(regression.coefficients, { name: 'coefficients', length: FEATURES * targets, file }),
  }
  checkHash(regression, file)
  return {
    scheme,
    tta,
    compute: ({ frame, relative }: Mesh) => mapFromFrame(frame, applyLinearMap(map, relative)),
  }
}

function checkVersion(value: unknown, file: string | undefined): void {
  const { format, version } = (value ?? {}) as Partial<LandmarkerModel>
  if (format !== FORMAT || typeof version !== 'number' || version <= VERSION) return
  throw new FacekpError({
    code: 'LANDMARKER_MODEL',
    problem: 'the landmarker was saved by a newer version',
    file,
    expected: `version ${VERSION}, or a newer @facekp/landmarker`,
    received: `version ${version}`,
  })
}

function checkScheme(scheme: KeypointScheme, { errorPxByPoint }: FewShotMetrics, file: string | undefined): void {
  const code = 'LANDMARKER_MODEL'
  try {
    defineScheme(scheme)
  } catch (cause) {
    const { problem, expected, received } = cause as FacekpError
    throw new FacekpError({ code, file, problem, expected, received, cause })
  }
  const count = scheme.pointNames.length
  if (errorPxByPoint.length === count) return
  throw new FacekpError({
    code,
    file,
    problem: 'invalid field metrics.errorPxByPoint',
    expected: `one number for each of the ${count} points of scheme ${scheme.name}`,
    received: `${errorPxByPoint.length}`,
  })
}

function checkHash(regression: EncodedMap, file: string | undefined): void {
  const received = hashMap(regression)
  if (received === regression.sha256) return
  throw new FacekpError({
    code: 'LANDMARKER_MODEL',
    file,
    problem: 'the weights were changed or damaged: field regression.sha256 does not match them',
    expected: `SHA-256 ${regression.sha256}`,
    received: `weights of SHA-256 ${received}; save the landmarker again`,
  })
}

function hashMap({ means, offsets, coefficients }: Omit<EncodedMap, 'sha256'>): string {
  // Not the browser's own, which is asynchronous and missing on pages without HTTPS.
  return bytesToHex(sha256(decodeBytes(means, offsets, coefficients)))
}

function decodeBytes(...texts: readonly string[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(texts.map((text) => atob(text)).join(''), (character) => character.charCodeAt(0))
}

function encodeNumbers(values: Float64Array): string {
  const bytes = new Uint8Array(Float32Array.from(values).buffer)
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

interface Expected {
  readonly name: string
  readonly length: number
  readonly file: string | undefined
}

function decodeNumbers(text: string, { name, length, file }: Expected): Float64Array {
  const bytes = decodeBytes(text)
  const values = bytes.length === 4 * length ? Float64Array.from(new Float32Array(bytes.buffer)) : undefined
  if (values?.every(Number.isFinite)) return values
  throw new FacekpError({
    code: 'LANDMARKER_MODEL',
    problem: `invalid field regression.${name}`,
    file,
    expected: `${length} finite numbers`,
    received: values ? 'numbers that are not finite' : `${bytes.length / 4}`,
  })
}
