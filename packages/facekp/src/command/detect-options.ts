import type { DetectOptions } from '@facekp/detector'
import type { Command } from 'commander'
import { parseBetween, parseCount } from './parse-number.ts'

/** Options of the commands that find faces. */
export interface DetectFlags {
  readonly minScore?: number
  readonly maxFaces?: number
  readonly tiles?: number
  readonly rotations?: boolean
}

/** Defaults of the detector; by default, it returns all faces and does not rotate. */
const DEFAULTS = { minScore: 0.5, tiles: 1 }

/** Adds the options of {@link DetectFlags}. */
export function addDetectOptions(command: Command): Command {
  return command
    .option('--min-score <score>', 'drop faces whose score is lower, 0 to 1 (default: 0.5)', parseBetween(0, 1))
    .option('--max-faces <n>', 'only the N best faces of an image (default: all)', parseCount())
    .option('--tiles <n>', 'search N overlapping tiles too, for small faces, 1 to 10 (default: 1)', parseCount(10))
    .option('--rotations', 'search in four rotations, for upside-down faces; may find upright ones twice')
}

/** Returns the options of the detector that are not the default ones. */
export function toDetectOptions({ minScore, maxFaces, tiles, rotations }: DetectFlags): DetectOptions {
  return {
    ...(minScore !== undefined && minScore !== DEFAULTS.minScore && { minScore }),
    ...(maxFaces !== undefined && { maxFaces }),
    ...(tiles !== undefined && tiles !== DEFAULTS.tiles && { tiles }),
    ...(rotations && { rotations }),
  }
}

/** Formats options of the detector as those of a command. */
export function formatDetectOptions({ minScore, maxFaces, tiles, rotations }: DetectOptions): string {
  const flags = [
    ...(minScore === undefined ? [] : [`--min-score ${minScore}`]),
    ...(maxFaces === undefined ? [] : [`--max-faces ${maxFaces}`]),
    ...(tiles === undefined ? [] : [`--tiles ${tiles}`]),
    ...(rotations ? ['--rotations'] : []),
  ]
  return flags.join(' ') || 'the default options'
}
