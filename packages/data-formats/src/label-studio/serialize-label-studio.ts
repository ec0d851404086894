import { checkArgument, FacekpError, listKind } from '@facekp/core'
import { ANNOTATED_IMAGE } from '../annotations/annotation-kinds.ts'
import type { AnnotatedFace, AnnotatedImage } from '../annotations/annotations.ts'
import { getBox } from '../annotations/get-box.ts'

const SERIALIZE_LABEL_STUDIO_IMAGES = listKind(ANNOTATED_IMAGE)

/** A task of Label Studio with one annotation. */
export interface LabelStudioTask {
  readonly data: { readonly image: string }
  readonly annotations: readonly [{ readonly result: readonly LabelStudioResult[] }]
}

interface LabelStudioResult {
  readonly id: string
  readonly type: 'keypointlabels' | 'rectanglelabels'
  readonly from_name: 'points' | 'faces'
  readonly to_name: 'image'
  readonly original_width: number
  readonly original_height: number
  readonly image_rotation: 0
  readonly parentID?: string
  readonly value: Readonly<Record<string, unknown>>
}

/**
 * Writes annotations as Label Studio tasks: a rectangle per face and its points below it by `parentID`, in percent; hidden points carry the
 * second label `hidden`. Ignored regions are left out.
 *
 * @throws FacekpError `ANNOTATIONS_SIZE` without the image's size, which percent need
 */
export function serializeLabelStudio(images: readonly AnnotatedImage[]): LabelStudioTask[] {
  checkArgument(SERIALIZE_LABEL_STUDIO_IMAGES, images, 'images', 'serializeLabelStudio')
  return images.map(({ file, width, height, faces }, index) => {
    if (width === undefined || height === undefined) {
      throw new FacekpError({
        code: 'ANNOTATIONS_SIZE',
        file,
        problem: 'Label Studio needs the size of the image',
        expected: 'width and height',
      })
    }
    const usedFaces = faces.filter(({ ignored }) => !ignored)
    const result = usedFaces.flatMap((face, at) => serializeFace(face, `face-${index}-${at}`, { width, height }))
    return { data: { image: file }, annotations: [{ result }] }
  })
}

function serializeFace(
  face: AnnotatedFace,
  id: string,
  { width, height }: { readonly width: number; readonly height: number },
): LabelStudioResult[] {
  const box = getBox(face)
  const common = { to_name: 'image', original_width: width, original_height: height, image_rotation: 0 } as const
  const rectangle = {
    x: (100 * box.left) / width,
    y: (100 * box.top) / height,
    width: (100 * box.width) / width,
    height: (100 * box.height) / height,
    rotation: 0,
    rectanglelabels: ['face'],
  }
  return [
    { id, type: 'rectanglelabels', from_name: 'faces', ...common, value: rectangle },
    ...face.points.map(
      ({ name, x, y, isVisible }, index): LabelStudioResult => ({
        id: `${id}-${index}`,
        type: 'keypointlabels',
        from_name: 'points',
        ...common,
        parentID: id,
        value: {
          x: (100 * x) / width,
          y: (100 * y) / height,
          width: 0.5,
          keypointlabels: isVisible ? [name] : [name, 'hidden'],
        },
      }),
    ),
  ]
}
