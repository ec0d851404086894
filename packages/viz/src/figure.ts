/** A picture made of vectors, its photographs held within. */
export interface Plot {
  readonly title: string
  /** A self-contained SVG in light colors. */
  readonly svg: string
  readonly width: number
  readonly height: number
}
