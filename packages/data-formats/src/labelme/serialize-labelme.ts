import { checkArgument } from '@facekp/core'
import { ANNOTATED_IMAGE } from '../annotations/annotation-kinds.ts'
import type { AnnotatedImage } from '../annotations/annotations.ts'

/** The JSON of one image as labelme writes it. */
export interface LabelmeJson {
  readonly version: string
  readonly flags: Readonly<Record<string, boolean>>
  readonly shapes: readonly {
    readonly label: string
    readonly points: readonly (readonly [number, number])[]
    readonly group_id: number | null
    readonly description: string
    readonly shape_type: 'point' | 'rectangle'
    readonly flags: Readonly<Record<string, boolean>>
  }[]
  readonly imagePath: string
  readonly imageData: null
  readonly imageHeight: number | null
  readonly imageWidth: number | null
}

/** Writes one image as labelme's JSON: a group per face, hidden points with the flag `occluded`; ignored regions are left out. */
export function serializeLabelme(image: AnnotatedImage): LabelmeJson {
  checkArgument(ANNOTATED_IMAGE, image, 'image', 'serializeLabelme')
  const { file, width, height, faces } = image
  const usedFaces = faces.filter(({ ignored }) => !ignored)
  return {
    version: '5.5.0',
    flags: {},
    shapes: usedFaces.flatMap(({ box, points }, group) => [
      ...points.map(({ name, x, y, isVisible }) => ({
        label: name,
        points: [[x, y] as const],
        group_id: group,
        description: '',
        shape_type: 'point' as const,
        flags: isVisible ? {} : { occluded: true },
      })),
      ...(box
        ? [
            {
              label: 'face',
              points: [[box.left, box.top] as const, [box.left + box.width, box.top + box.height] as const],
              group_id: group,
              description: '',
              shape_type: 'rectangle' as const,
              flags: {},
            },
          ]
        : []),
    ]),
    imagePath: file,
    imageData: null,
    imageHeight: height ?? null,
    imageWidth: width ?? null,
  }
}
