import type { Box } from '@facekp/core'

/** The formats that are read and written. */
export const ANNOTATION_FORMATS = [
  'coco',
  'yolo-pose',
  'cvat',
  'labelme',
  'label-studio',
  'imglab',
  'pts',
  'wflw',
  'csv',
] as const

/** A format that is read and written. */
export type AnnotationFormat = (typeof ANNOTATION_FORMATS)[number]

/** The formats that are written as a folder; the others are written as one file. */
export const FOLDER_FORMATS: ReadonlySet<AnnotationFormat> = new Set(['yolo-pose', 'labelme', 'pts'])

/** The content of an annotation file, in one form for all formats. */
export interface Annotations {
  readonly format: AnnotationFormat
  readonly images: readonly AnnotatedImage[]
  /** Point names in the file's own order; numbers as text if the format has none. */
  readonly pointNames: readonly string[]
  /** Pairs of positions in `pointNames` that a horizontal flip exchanges, if the file says so (`flip_idx` of YOLO-pose). */
  readonly flipPairs?: readonly (readonly [number, number])[]
  /** Lines between positions in `pointNames`, if the file has them. */
  readonly edges?: readonly (readonly [number, number])[]
  /** Notes for the user: values that were interpreted, parts that were skipped. */
  readonly warnings: readonly string[]
}

/** An image and its annotated faces, possibly none. */
export interface AnnotatedImage {
  /** Path as written in the annotation file. */
  readonly file: string
  /** Other paths under which the image may lie, such as without the prefix of an upload. */
  readonly otherFiles?: readonly string[] | undefined
  /** Size in pixels that the annotations refer to, if stated. */
  readonly width?: number | undefined
  readonly height?: number | undefined
  /** Line in the annotation file, from 1, if it has lines. */
  readonly line?: number | undefined
  readonly faces: readonly AnnotatedFace[]
}

/** One face, or a region that is marked to be ignored. */
export interface AnnotatedFace {
  /** Along pixel edges, if stated. */
  readonly box?: Box | undefined
  /** Marked as not to be used: `ignore` of imglab, `iscrowd` of COCO. */
  readonly ignored?: boolean | undefined
  readonly points: readonly AnnotatedPoint[]
  readonly line?: number | undefined
  /** What else the file says of the face, such as WFLW's six flags. */
  readonly attributes?: Readonly<Record<string, string | number | boolean>> | undefined
}

/** One labeled keypoint. A keypoint that is not labeled is absent. */
export interface AnnotatedPoint {
  /** One of `Annotations.pointNames`. */
  readonly name: string
  /** In pixels; (0, 0) is the center of the top-left pixel. */
  readonly x: number
  readonly y: number
  /** False if the point is labeled but hidden. */
  readonly isVisible: boolean
}
