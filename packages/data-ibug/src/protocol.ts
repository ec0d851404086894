/** A part of the 300-W protocol. `full`, which results are told on too, is `common` and `challenging` together. */
export type Split300W = 'train' | 'common' | 'challenging'

const FOLDERS: readonly (readonly [folder: string, part: Split300W])[] = [
  ['afw', 'train'],
  ['helen/trainset', 'train'],
  ['lfpw/trainset', 'train'],
  ['helen/testset', 'common'],
  ['lfpw/testset', 'common'],
  ['ibug', 'challenging'],
]

/**
 * The part of the 300-W protocol that a picture belongs to, by its folder; undefined where it belongs to none. It is another split
 * than dlib's, which trains on pictures of `testset` folders: the two must not be mixed in one figure.
 *
 * @param file the picture's path from the data set's folder
 * @example
 * ```ts
 * split300W('helen/testset/296814969_1.jpg') // 'common'
 * ```
 *
 * Source: C. Sagonas et al., 300 Faces in-the-Wild Challenge, ICCV Workshops 2013; the parts as in S. Ren et al., Face Alignment at
 * 3000 FPS via Regressing Local Binary Features, CVPR 2014.
 */
export function split300W(file: string): Split300W | undefined {
  const path = file.replaceAll('\\', '/')
  return FOLDERS.find(([folder]) => path.startsWith(`${folder}/`))?.[1]
}

/** Whether the picture is one of dlib's mirrored copies, which end in `_mirror`. */
export function isMirrored(file: string): boolean {
  return /_mirror\.\w+$/.test(file)
}

/** The path of the picture that a mirrored copy was made of; of any other picture its own. */
export function unmirrored(file: string): string {
  return file.replace(/_mirror(\.\w+)$/, '$1')
}
