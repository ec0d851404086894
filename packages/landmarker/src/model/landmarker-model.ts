import { defineScheme, FacekpError, type KeypointScheme } from '@facekp/core'
import { parseOptions } from '@facekp/options'
import * as tf from '@tensorflow/tfjs-core'
import * as z from 'zod/mini'
import manifest from '../../package.json' with { type: 'json' }
import { checkHash } from '../predictors/encoded-numbers.ts'
import { decodeMap } from '../predictors/mesh-regression.ts'
import type { StoredNetwork } from '../predictors/network-model.ts'
import { getStoredNetwork, type PredictorModel, predictorSchema } from '../predictors/predictor-model.ts'
import { decodeRefinement } from '../predictors/refined-regression.ts'
import { type LandmarkerMetrics, metricsSchema } from './landmarker-metrics.ts'
import { hashBytes } from './sha256.ts'

const FORMAT = 'facekp-landmarker'
const VERSION = 1

/** Files beside `landmarker.json`, by name. */
export type LandmarkerFiles = Readonly<Record<string, Uint8Array>>

/** A landmarker as plain data: the content of `landmarker.json`, and of the files beside it. */
export interface LandmarkerModel {
  readonly format: typeof FORMAT
  readonly version: typeof VERSION
  readonly scheme: KeypointScheme
  readonly predictor: PredictorModel
  readonly metrics: LandmarkerMetrics
  /** Versions of the packages that created it. */
  readonly versions: { readonly landmarker: string; readonly tfjs: string }
  /** License of the landmarker, as given to `saveLandmarker`. */
  readonly license?: string | undefined
  /** The images and labels that it was made of, as given to `saveLandmarker`. */
  readonly data?: string | undefined
  /** The files that the predictor names; they are not part of `landmarker.json`. */
  readonly files?: LandmarkerFiles | undefined
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
  predictor: predictorSchema,
  metrics: metricsSchema,
  versions: z.object({ landmarker: z.string(), tfjs: z.string() }),
  license: z.optional(z.string()),
  data: z.optional(z.string()),
  files: z.optional(z.record(z.string(), z.instanceof(Uint8Array))),
})

/** Creates a model of this version. */
export function createModel(
  fields: Pick<LandmarkerModel, 'scheme' | 'predictor' | 'metrics' | 'files'>,
): LandmarkerModel {
  const versions = { landmarker: manifest.version, tfjs: tf.version_core }
  return { format: FORMAT, version: VERSION, versions, ...fields }
}

/**
 * Checks a model that comes from outside.
 *
 * @param file that it was read from
 * @throws FacekpError `LANDMARKER_MODEL`
 */
export function parseModel(value: unknown, file?: string): LandmarkerModel {
  checkVersion(value, file)
  const code = 'LANDMARKER_MODEL'
  const model = parseOptions({ schema: modelSchema, value, code, noun: 'field', file })
  checkScheme(model, file)
  return model
}

/**
 * Checks that a model has all weights and the files that its predictor names, and that the hashes match.
 *
 * @param file that the model was read from
 * @throws FacekpError `LANDMARKER_MODEL`
 */
export function checkWeights({ predictor, scheme, files = {} }: LandmarkerModel, file?: string): void {
  if ('regression' in predictor) decodeMap(predictor.regression, scheme, file)
  if ('refinement' in predictor) decodeRefinement(predictor.refinement, scheme, file)
  const network = getStoredNetwork(predictor)
  if (network !== undefined) checkNetworkFiles(network, files, file)
}

function checkNetworkFiles(network: StoredNetwork, files: LandmarkerFiles, file: string | undefined): void {
  const missing = [network.model, network.weights].find((name) => !Object.hasOwn(files, name))
  if (missing !== undefined) {
    throw new FacekpError({
      code: 'LANDMARKER_MODEL',
      problem: `the landmarker lacks its file ${missing}`,
      file,
      expected: `files ${network.model} and ${network.weights}`,
      received: Object.keys(files).join(', ') || 'no files',
    })
  }
  const received = hashBytes(files[network.weights] as Uint8Array)
  checkHash({ field: 'predictor.network.sha256', expected: network.sha256, received, file })
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

function checkScheme({ scheme, metrics }: Pick<LandmarkerModel, 'scheme' | 'metrics'>, file: string | undefined): void {
  const code = 'LANDMARKER_MODEL'
  try {
    defineScheme(scheme)
  } catch (cause) {
    const { problem, expected, received } = cause as FacekpError
    throw new FacekpError({ code, file, problem, expected, received, cause })
  }
  const count = scheme.pointNames.length
  if (metrics.errorPxByPoint.length === count) return
  throw new FacekpError({
    code,
    file,
    problem: 'invalid field metrics.errorPxByPoint',
    expected: `one number for each of the ${count} points of scheme ${scheme.name}`,
    received: `${metrics.errorPxByPoint.length}`,
  })
}
