import { realpath, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { isImageName } from '@facekp/data-formats'
import { usageError } from '../usage-error.ts'
import type { PredictionFormat } from './prediction-format.ts'

/** Where predictions go, and where the images are. */
export interface PredictionPlaces {
  readonly format: PredictionFormat
  /** File, or folder of `images`. */
  readonly out: string
  /** Folder that contains the images. */
  readonly root: string
}

/**
 * Protects images, and files that list them, from predictions: these do not take the place of a path that the command line names, of an
 * image, or of images that are drawn.
 *
 * @param paths images of the command line
 * @throws FacekpError `OPTION_INVALID`
 */
export async function checkApart(paths: readonly string[], { format, out, root }: PredictionPlaces): Promise<void> {
  const place = await findRealPath(out)
  for (const path of paths) {
    const source = await findRealPath(path)
    // Drawings in a folder of images would be images themselves.
    const isWithin = format === 'images' && place.startsWith(join(source, '/')) && (await stat(source)).isDirectory()
    if (place === source || isWithin)
      throw usageError('--out', `a path other than ${path} and outside of it, as images are read from there`, out)
  }
  if (format !== 'images' && isImageName(out)) throw usageError('--out', `a file for ${format}, not an image`, out)
  if (format === 'images' && place === (await findRealPath(root))) {
    throw usageError('--out', 'a folder other than that of the images, which drawings could replace', out)
  }
}

async function findRealPath(path: string): Promise<string> {
  return realpath(path).catch(() => resolve(path))
}
