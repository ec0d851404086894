import { FacekpError, type KeypointScheme } from '@facekp/core'
import * as z from 'zod/mini'
import { applyLinearMap, type LinearMap } from '../few-shot/ridge.ts'
import { mapFromFrame } from '../mesh-network.ts'
import { MESH_POINTS } from '../mesh-points.ts'
import { hashBytes, SHA256_SCHEMA } from '../model/sha256.ts'
import type { MeshPredictor } from './predictor.ts'

const FEATURES = 2 * MESH_POINTS

/** A linear map from the 468 points of the mesh, relative to its leveled square, to the points of the scheme: float32 in base64. */
export interface EncodedMap {
  readonly means: string
  readonly offsets: string
  readonly coefficients: string
  /** SHA-256 of the bytes of means, offsets and coefficients, in this order. */
  readonly sha256: string
}

/** Points as a linear function of the mesh, as `fitFewShot` fits them. */
export interface MeshRegression {
  readonly kind: 'meshRegression'
  /** Whether meshes are averaged with those of mirrored crops, as they were for the fit. */
  readonly tta: boolean
  readonly regression: EncodedMap
}

export const encodedMapSchema: z.ZodMiniType<EncodedMap> = z.object({
  means: z.base64(),
  offsets: z.base64(),
  coefficients: z.base64(),
  sha256: SHA256_SCHEMA,
})

export const meshRegressionSchema: z.ZodMiniObject<{
  kind: z.ZodMiniLiteral<'meshRegression'>
  tta: z.ZodMiniBoolean
  regression: z.ZodMiniType<EncodedMap>
}> = z.object({ kind: z.literal('meshRegression'), tta: z.boolean(), regression: encodedMapSchema })

/** Encodes a fitted map. */
export function encodeMap({ means, offsets, coefficients }: LinearMap): EncodedMap {
  const encoded = {
    means: encodeNumbers(means),
    offsets: encodeNumbers(offsets),
    coefficients: encodeNumbers(coefficients),
  }
  return { ...encoded, sha256: hashMap(encoded) }
}

/**
 * Creates the predictor of a regression.
 *
 * @param file that the regression was read from
 * @throws FacekpError `LANDMARKER_MODEL` if the numbers do not suit the scheme or their hash
 */
export function createMeshRegression(
  { tta, regression }: MeshRegression,
  scheme: KeypointScheme,
  file: string | undefined,
): MeshPredictor {
  const map = decodeMap(regression, scheme, file)
  return {
    input: 'mesh',
    scheme,
    tta,
    predict: async (_, meshes) =>
      meshes.map(({ frame, relative }) => mapFromFrame(frame, applyLinearMap(map, relative))),
    dispose: () => undefined,
  }
}

/**
 * Decodes a map and checks its sizes and its hash.
 *
 * @throws FacekpError `LANDMARKER_MODEL`
 */
export function decodeMap(regression: EncodedMap, scheme: KeypointScheme, file: string | undefined): LinearMap {
  const targets = 2 * scheme.pointNames.length
  const map = {
    means: decodeNumbers(regression.means, { name: 'means', length: FEATURES, file }),
    offsets: decodeNumbers(regression.offsets, { name: 'offsets', length: targets, file }),
    coefficients: decodeNumbers(regression.coefficients, { name: 'coefficients', length: FEATURES * targets, file }),
  }
  checkHash(regression, file)
  return map
}

function checkHash(regression: EncodedMap, file: string | undefined): void {
  const received = hashMap(regression)
  if (received === regression.sha256) return
  throw new FacekpError({
    code: 'LANDMARKER_MODEL',
    file,
    problem: 'the weights were changed or damaged: field predictor.regression.sha256 does not match them',
    expected: `SHA-256 ${regression.sha256}`,
    received: `weights of SHA-256 ${received}; save the landmarker again`,
  })
}

function hashMap({ means, offsets, coefficients }: Omit<EncodedMap, 'sha256'>): string {
  return hashBytes(decodeBytes(means, offsets, coefficients))
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
    problem: `invalid field predictor.regression.${name}`,
    file,
    expected: `${length} finite numbers`,
    received: values ? 'numbers that are not finite' : `${bytes.length / 4}`,
  })
}
