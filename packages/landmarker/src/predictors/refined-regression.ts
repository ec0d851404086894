import { flipIndices, type KeypointScheme, pointAt } from '@facekp/core'
import * as z from 'zod/mini'
import { DESCRIPTOR_LENGTH, describePoint, type FeatureMap } from '../feature-maps.ts'
import { applyLinearMap, type Weights } from '../few-shot/ridge.ts'
import { type Mesh, mapFromFrame } from '../mesh-network.ts'
import { mirrorPoints } from '../mirror-points.ts'
import { SHA256_SCHEMA } from '../model/sha256.ts'
import { checkHash, decodeNumbers, encodeNumbers, hashTexts } from './encoded-numbers.ts'
import { decodeMap, type EncodedMap, encodedMapSchema } from './mesh-regression.ts'
import type { MeshPredictor } from './predictor.ts'

/** For each point, a linear function of the features around it that corrects it. */
export interface PointRefinement {
  /** Whether the functions suit mirrored faces too, so that corrections in the mirrored crop may be averaged. */
  readonly mirrored: boolean
  /** Two for each point. */
  readonly offsets: Weights
  /** For each point, two for each number of its descriptor. */
  readonly coefficients: Weights
}

/** A refinement whose numbers are float32 in base64. */
export interface EncodedRefinement {
  /** Whether the functions suit mirrored faces too, so that corrections in the mirrored crop may be averaged. */
  readonly mirrored: boolean
  readonly offsets: string
  readonly coefficients: string
  /** SHA-256 of the bytes of offsets and coefficients, in this order. */
  readonly sha256: string
}

/** Points as a linear function of the mesh, corrected by what the network sees around them, as `fitFewShot` fits them. */
export interface RefinedRegression {
  readonly kind: 'refinedRegression'
  /** Whether meshes and corrections are averaged with those of mirrored crops, as they were for the fit. */
  readonly tta: boolean
  readonly regression: EncodedMap
  readonly refinement: EncodedRefinement
}

export const refinedRegressionSchema: z.ZodMiniObject<{
  kind: z.ZodMiniLiteral<'refinedRegression'>
  tta: z.ZodMiniBoolean
  regression: z.ZodMiniType<EncodedMap>
  refinement: z.ZodMiniType<EncodedRefinement>
}> = z.object({
  kind: z.literal('refinedRegression'),
  tta: z.boolean(),
  regression: encodedMapSchema,
  refinement: z.object({
    mirrored: z.boolean(),
    offsets: z.base64(),
    coefficients: z.base64(),
    sha256: SHA256_SCHEMA,
  }),
})

/** Encodes a refinement. */
export function encodeRefinement({ mirrored, ...numbers }: PointRefinement): EncodedRefinement {
  const offsets = encodeNumbers(numbers.offsets)
  const coefficients = encodeNumbers(numbers.coefficients)
  return { mirrored, offsets, coefficients, sha256: hashTexts([offsets, coefficients]) }
}

/**
 * Decodes a refinement and checks its sizes and its hash.
 *
 * @throws FacekpError `LANDMARKER_MODEL`
 */
export function decodeRefinement(
  refinement: EncodedRefinement,
  { pointNames }: KeypointScheme,
  file: string | undefined,
): PointRefinement {
  const { mirrored, sha256: expected } = refinement
  const decode = (name: 'offsets' | 'coefficients', length: number): Float32Array =>
    decodeNumbers(refinement[name], { field: `predictor.refinement.${name}`, length, file })
  const offsets = decode('offsets', 2 * pointNames.length)
  const coefficients = decode('coefficients', 2 * pointNames.length * DESCRIPTOR_LENGTH)
  const received = hashTexts([refinement.offsets, refinement.coefficients])
  checkHash({ field: 'predictor.refinement.sha256', expected, received, file })
  return { mirrored, offsets, coefficients }
}

/**
 * Creates the predictor of a refined regression.
 *
 * @param file that the regression was read from
 * @throws FacekpError `LANDMARKER_MODEL` if the numbers do not suit the scheme or their hash
 */
export function createRefinedRegression(
  { tta, regression, refinement: encoded }: RefinedRegression,
  scheme: KeypointScheme,
  file: string | undefined,
): MeshPredictor {
  const map = decodeMap(regression, scheme, file)
  const refinement = decodeRefinement(encoded, scheme, file)
  const flip = flipIndices(scheme)
  return {
    input: 'mesh',
    scheme,
    tta,
    usesExactCrops: true,
    usesMaps: true,
    predict: async (_, meshes) =>
      meshes.map((mesh) => {
        const points = applyLinearMap(map, mesh.relative)
        return mapFromFrame(mesh.frame, refineInViews(refinement, mesh, points, flip))
      }),
    dispose: () => undefined,
  }
}

/** Refines points in the crop and, if the mesh has its maps and the functions suit it, in the mirrored crop; returns the mean. */
function refineInViews(
  refinement: PointRefinement,
  { maps = [] }: Mesh,
  points: Float32Array,
  flip: readonly number[],
): Float32Array {
  const [view, mirroredView] = maps
  const refined = refinePoints(refinement, view as readonly FeatureMap[], points)
  if (mirroredView === undefined || !refinement.mirrored) return refined
  const mirrored = mirrorPoints(refinePoints(refinement, mirroredView, mirrorPoints(points, flip)), flip)
  return refined.map((value, k) => (value + (mirrored[k] as number)) / 2)
}

/** Corrects points that are relative to a crop. */
export function refinePoints(
  { offsets, coefficients }: PointRefinement,
  maps: readonly FeatureMap[],
  points: Float32Array,
): Float32Array {
  const refined = new Float32Array(points.length)
  const descriptor = new Float32Array(DESCRIPTOR_LENGTH)
  for (let k = 0; k < points.length; k += 2) {
    const [x, y] = pointAt(points, k / 2)
    describePoint(maps, x, y, descriptor)
    let toX = offsets[k] as number
    let toY = offsets[k + 1] as number
    for (let i = 0, at = k * DESCRIPTOR_LENGTH; i < descriptor.length; i++, at += 2) {
      const value = descriptor[i] as number
      toX += value * (coefficients[at] as number)
      toY += value * (coefficients[at + 1] as number)
    }
    refined[k] = x + toX
    refined[k + 1] = y + toY
  }
  return refined
}
