import * as z from 'zod/mini'
import { MAX_COORDINATE } from './parse-number.ts'

/** A coordinate in a JSON file: larger ones belong to no image, and to no 32-bit number in the end. */
export const coordinateSchema: z.ZodMiniNumber = z.number().check(z.minimum(-MAX_COORDINATE), z.maximum(MAX_COORDINATE))

/** Width or height of an image or face in a JSON file. */
export const sizeSchema: z.ZodMiniNumber = z.number().check(z.positive(), z.maximum(MAX_COORDINATE))
