import * as z from 'zod'
import { MAX_COORDINATE } from './parse-number.ts'

/** A coordinate in a JSON file: larger ones belong to no image, and to no 32-bit number in the end. */
export const coordinateSchema: z.ZodNumber = z.number().min(-MAX_COORDINATE).max(MAX_COORDINATE)

/** Width or height of an image or face in a JSON file. */
export const sizeSchema: z.ZodNumber = z.number().positive().max(MAX_COORDINATE)
