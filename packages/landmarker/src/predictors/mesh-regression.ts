import type { KeypointScheme } from '@facekp/core'
import * as z from 'zod/mini'
import { applyLinearMap, type LinearMap } from '../few-shot/ridge.ts'
import { mapFromFrame } from '../mesh-network.ts'
import { MESH_POINTS } from '../mesh-points.ts'
import { SHA256_SCHEMA } from '../model/sha256.ts'
import { checkHash, decodeNumbers, encodeNumbers, hashTexts } from './encoded-numbers.ts'
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
    usesExactCrops: true,
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
export function decodeMap(
  regression: EncodedMap,
  scheme: KeypointScheme,
  file: string | undefined,
): LinearMap<Float32Array> {
  const targets = 2 * scheme.pointNames.length
  const decode = (name: 'means' | 'offsets' | 'coefficients', length: number): Float32Array =>
    decodeNumbers(regression[name], { field: `predictor.regression.${name}`, length, file })
  const map = {
    means: decode('means', FEATURES),
    offsets: decode('offsets', targets),
    coefficients: decode('coefficients', FEATURES * targets),
  }
  checkHash({ field: 'predictor.regression.sha256', expected: regression.sha256, received: hashMap(regression), file })
  return map
}

function hashMap({ means, offsets, coefficients }: Omit<EncodedMap, 'sha256'>): string {
  return hashTexts([means, offsets, coefficients])
}
