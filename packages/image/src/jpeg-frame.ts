import type { JpegSegment } from './jpeg-segments.ts'

/** What the segments of a JPEG say. */
export interface JpegHeader {
  readonly segments: readonly JpegSegment[]
  readonly frame: JpegFrame
  readonly color: JpegColor
}

/** How the components of a JPEG make colors. */
export type JpegColor = 'gray' | 'ycc' | 'rgb' | 'cmyk' | 'ycck'

/** The frame header of a JPEG (ITU-T T.81, B.2.2). */
export interface JpegFrame {
  /** SOF0 to SOF15. */
  readonly marker: number
  /** Bits of a sample. */
  readonly bits: number
  readonly width: number
  readonly height: number
  readonly components: readonly JpegComponent[]
}

/** A component of a JPEG with its sampling factors and the number of its quantization table. */
export interface JpegComponent {
  readonly id: number
  readonly h: number
  readonly v: number
  readonly quantization: number
}
