import { checkArgument } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
/** A part of the 300-W protocol. `full`, the third test set of publications, is `common` and `challenging` together. */
export type Split300W = 'train' | 'common' | 'challenging'

const FOLDERS: Readonly<Record<string, Split300W>> = {
  afw: 'train',
  'helen/trainset': 'train',
  'lfpw/trainset': 'train',
  'helen/testset': 'common',
  'lfpw/testset': 'common',
  ibug: 'challenging',
}

/**
 * Determines the part of the 300-W protocol that an image belongs to, by its folder. dlib's split differs: it trains on
 * images of `testset` folders. Do not combine the two splits in one result.
 *
 * @param file path of the image, relative to the folder of the dataset
 * @returns undefined for any other folder
 * @example
 * ```ts
 * split300W('helen/testset/296814969_1.jpg') // 'common'
 * ```
 *
 * Source: C. Sagonas et al., 300 Faces in-the-Wild Challenge, ICCV Workshops 2013. The parts: S. Ren et al., Face Alignment at
 * 3000 FPS via Regressing Local Binary Features, CVPR 2014.
 */
export function split300W(file: string): Split300W | undefined {
  checkArgument(KINDS.string, file, 'file', 'split300W')
  const path = file.replaceAll('\\', '/')
  const folder = Object.keys(FOLDERS).find((name) => path.startsWith(`${name}/`))
  return folder === undefined ? undefined : FOLDERS[folder]
}

/** Whether the image is one of dlib's mirrored copies, whose names end with `_mirror`. */
export function isMirrored(file: string): boolean {
  checkArgument(KINDS.string, file, 'file', 'isMirrored')
  return /_mirror\.\w+$/.test(file)
}

/** Converts the path of a mirrored copy to that of its original; returns other paths unchanged. */
export function removeMirrorSuffix(file: string): string {
  return file.replace(/_mirror(\.\w+)$/, '$1')
}
