import { join } from 'node:path'
import { FacekpError, isFacekpError } from '@facekp/core'
import { joinSome } from '@facekp/options'
import type { AnnotatedImage } from '../annotations/annotations.ts'
import { createImageFinder, type FindImageOptions, type ImagePlace } from './find-image.ts'
import { searchFolder } from './search-folder.ts'

/** Places of the images of annotations. */
export interface ImageLocations {
  /** In the order of the images; of a missing image its first name, and the path that was expected. */
  readonly places: readonly ImagePlace[]
  /** An error for each missing image, by its name. */
  readonly missing: ReadonlyMap<string, FacekpError>
}

/**
 * Finds all images of annotations.
 *
 * @param options.missingImages `error` throws one error about all missing images, `keep` returns them
 * @throws FacekpError `IMAGE_PATH`, `IMAGE_MISSING`
 */
export async function locateImages(
  images: readonly AnnotatedImage[],
  { missingImages, ...options }: FindImageOptions & { readonly missingImages: 'error' | 'keep' },
): Promise<ImageLocations> {
  const findImage = createImageFinder(options)
  const places: ImagePlace[] = []
  const missing = new Map<string, FacekpError>()
  for (const image of images) {
    try {
      places.push(await findImage(image))
    } catch (error) {
      if (isFacekpError(error, 'IMAGE_PATH')) throw await createPathError(error, options)
      if (!isFacekpError(error, 'IMAGE_MISSING')) throw error
      places.push({ file: image.file, imagePath: join(options.root, image.file) })
      missing.set(image.file, error)
    }
  }
  if (missing.size > 0 && missingImages === 'error') {
    const { size } = new Set(places.map(({ file }) => file))
    throw await createMissingError(missing, size, options)
  }
  return { places, missing }
}

async function createMissingError(
  missing: ReadonlyMap<string, FacekpError>,
  total: number,
  { list, root }: FindImageOptions,
): Promise<FacekpError> {
  const [[name, cause]] = [...missing] as [[string, FacekpError]]
  const isAll = missing.size === total
  const folder = isAll
    ? `their folder in option images${await describeFolder(name, root)}`
    : `all of them below ${root}`
  const problem = `${missing.size} of ${total} images do not exist below ${root}: ${joinSome([...missing.keys()])}`
  return new FacekpError({
    code: 'IMAGE_MISSING',
    file: list,
    line: cause.line,
    problem: missing.size === 1 ? cause.problem : problem,
    expected: `${folder}; or missingImages: 'keep' and checkDataset, which lists them all`,
    cause,
  })
}

async function createPathError(cause: FacekpError, { root }: FindImageOptions): Promise<FacekpError> {
  const { code, file, line, problem, received, expected } = cause
  const hint = await describeFolder(received as string, root)
  return new FacekpError({ code, file, line, problem, received, expected: `${expected}${hint}`, cause })
}

/** Formats a hint with the folder that contains a file of the image's name, if it is found. */
async function describeFolder(image: string, root: string): Promise<string> {
  const name = image.split(/[/\\]/).at(-1) as string
  const folder = await searchFolder(name, root)
  return folder === undefined ? '' : `, perhaps images: '${folder}', which holds ${name}`
}
