/** A picture made of vectors, its photographs held within. */
export interface Figure {
  readonly title: string
  /** A self-contained SVG in light colours. */
  readonly svg: string
  readonly width: number
  readonly height: number
}
