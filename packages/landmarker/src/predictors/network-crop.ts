import {
  type Affine,
  type Box,
  checkArgument,
  cropAndResize,
  type Image,
  imageBox,
  invert,
  objectKind,
} from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import * as z from 'zod/mini'
import { type FaceFrame, MARGIN, mapFrameToImage } from '../face-frame.ts'

/** An upright crop about the box around a face's points from eyebrows to chin, as detectors find it. */
export interface UprightCrop {
  readonly kind: 'upright'
  /** Position of the crop's center, relative to the center of the box, in widths and heights of the box. */
  readonly shiftX: number
  readonly shiftY: number
  /** Added on each side of the box, as a fraction of it; the crop is enlarged along one axis to its aspect ratio. */
  readonly margin: number
  /** Width of the crop in the image divided by its height. */
  readonly aspectRatio: number
}

/** A square crop about the mesh of a face, rotated so that the eyes are level. */
export interface LeveledCrop {
  readonly kind: 'leveled'
  /** Side relative to that of the square that the mesh was found in, which is 1.5 times as large as the mesh. */
  readonly scale: number
}

/** The whole image, resized to the input of a network that looks for one face in it. */
export interface ImageCrop {
  readonly kind: 'image'
}

/** The part of an image that a network sees. */
export type NetworkCrop = UprightCrop | LeveledCrop | ImageCrop

export const cropSchema: z.ZodMiniType<NetworkCrop> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('upright'),
    shiftX: z.number(),
    shiftY: z.number(),
    margin: z.number().check(z.gt(-0.5)),
    aspectRatio: z.number().check(z.positive()),
  }),
  z.object({ kind: z.literal('leveled'), scale: z.number().check(z.positive()) }),
  z.object({ kind: z.literal('image') }),
])

const FRAME = objectKind({
  x: KINDS.number,
  y: KINDS.number,
  side: KINDS.positive,
  degrees: KINDS.number,
})
const MARGIN_OPTIONS = objectKind({
  margin: { expected: 'a number above -0.5', test: (value) => KINDS.number.test(value) && (value as number) > -0.5 },
})
const LEVELED_FACE = objectKind({ frame: FRAME })
const LEVELED_CROP = objectKind({ scale: KINDS.positive })

/** Size of a crop in pixels. */
export interface CropSize {
  readonly width: number
  readonly height: number
}

/** Returns the map from pixels of the crop of a box to those of the image, both in point coordinates. */
export function mapUprightCrop(box: Box, crop: UprightCrop, { width, height }: CropSize): Affine {
  return invert(cropAndResize(placeUprightCrop(box, crop), width, height))
}

/** Returns the map from pixels of a whole image that was resized to those of the image, both in point coordinates. */
export function mapImageCrop(image: Image, { width, height }: CropSize): Affine {
  return invert(cropAndResize(imageBox(image), width, height))
}

/** Computes the crop of a box, along pixel edges. */
export function placeUprightCrop(box: Box, { shiftX, shiftY, margin, aspectRatio }: UprightCrop): Box {
  const height = (1 + 2 * margin) * Math.max(box.width / aspectRatio, box.height)
  const width = aspectRatio * height
  return {
    left: box.left + box.width * (0.5 + shiftX) - width / 2,
    top: box.top + box.height * (0.5 + shiftY) - height / 2,
    width,
    height,
  }
}

/**
 * Creates the leveled crop that has a margin around the mesh of a face.
 *
 * @param options.margin added on each side of the square around the mesh, as a fraction of it
 * @example
 * ```ts
 * const crop = createLeveledCrop({ margin: 0.2 })
 * const model = await createNetworkLandmarker(network, { scheme, crop, metrics })
 * ```
 */
export function createLeveledCrop(options: { readonly margin: number }): LeveledCrop {
  checkArgument(MARGIN_OPTIONS, options, 'options', 'createLeveledCrop')
  const { margin } = options
  return { kind: 'leveled', scale: (1 + 2 * margin) / MARGIN }
}

/**
 * Returns the map from pixels of a leveled crop, `size` x `size`, to those of the image, both in point coordinates.
 *
 * @param face a mesh, or what `loadFaceLeveler` finds
 */
export function mapLeveledCrop(face: { readonly frame: FaceFrame }, crop: LeveledCrop, size: number): Affine {
  checkArgument(LEVELED_FACE, face, 'face', 'mapLeveledCrop')
  checkArgument(LEVELED_CROP, crop, 'crop', 'mapLeveledCrop')
  checkArgument(KINDS.size, size, 'size', 'mapLeveledCrop')
  const { frame } = face
  return mapFrameToImage({ ...frame, side: crop.scale * frame.side }, size)
}
