import { checkArgument, IBUG_68 } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type AnnotatedDataset, type AnnotationReadOptions, readCsv } from '@facekp/data-formats/node'

/**
 * Reads Udacity's facial keypoints (`training_frames_keypoints.csv`), a table with the header `,0,1,...,135`, as `readCsv` of `@facekp/data-formats`
 * does; the scheme is `IBUG_68` by default. The table has no boxes: the box of a face is derived from its points.
 *
 * @throws FacekpError with file and line: what `readCsv` of `@facekp/data-formats` throws
 * @example
 * ```ts
 * const faces = await readKeypointsCsv('data/training_frames_keypoints.csv', { images: 'data/training' })
 * ```
 *
 * Source: https://github.com/udacity/P1_Facial_Keypoints. The images are from L. Wolf, T. Hassner, I. Maoz, Face Recognition in
 * Unconstrained Videos with Matched Background Similarity, CVPR 2011.
 */
export function readKeypointsCsv(table: string, options: AnnotationReadOptions = {}): Promise<AnnotatedDataset> {
  checkArgument(KINDS.path, table, 'table', 'readKeypointsCsv')
  checkArgument(KINDS.object, options, 'options', 'readKeypointsCsv')
  return readCsv(table, { ...options, scheme: options.scheme ?? IBUG_68 })
}
