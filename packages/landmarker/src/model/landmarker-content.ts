import { parseOptions } from '@facekp/options'
import * as z from 'zod/mini'
import { checkWeights, type LandmarkerModel, parseModel } from './landmarker-model.ts'

/** Facts that only the owner of the images knows. */
export interface SaveLandmarkerOptions {
  /** License of the landmarker, such as `CC-BY-4.0`; default: that of the model, if it has one. */
  readonly license?: string | undefined
  /** The images and labels that it was made of: their source, owner and license; default: that of the model, if it has one. */
  readonly data?: string | undefined
}

const saveSchema = z.strictObject({
  license: z.optional(z.string().check(z.minLength(1))),
  data: z.optional(z.string().check(z.minLength(1))),
})

/**
 * Checks a model that is to be saved, and adds its facts.
 *
 * @param name of the function that saves, for errors
 * @returns the content of `landmarker.json`
 * @throws FacekpError `LANDMARKER_MODEL`, `LANDMARKER_OPTION`
 */
export function describeContent(
  model: LandmarkerModel,
  options: SaveLandmarkerOptions,
  name: string,
): Omit<LandmarkerModel, 'files'> {
  checkWeights(parseModel(model))
  const facts = parseFacts(options, name)
  const { files: _, ...described } = model
  return { ...described, license: facts.license ?? model.license, data: facts.data ?? model.data }
}

/**
 * Checks the facts about a landmarker.
 *
 * @param name of the function that takes them, for errors
 * @throws FacekpError `LANDMARKER_OPTION`
 */
export function parseFacts(options: SaveLandmarkerOptions, name: string): SaveLandmarkerOptions {
  return parseOptions({ schema: saveSchema, value: options, code: 'LANDMARKER_OPTION', name })
}
