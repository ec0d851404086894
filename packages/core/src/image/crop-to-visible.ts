import { type Affine, composeAffine, mapPoint, translation } from '../geometry/affine.ts'
import type { Image, PixelData } from './image.ts'

/**
 * Crops the image to what the output shows, with a margin for filters, so that only that part is filtered. Returns the whole
 * image if the output shows anything beyond its edges, because the border continues the whole.
 *
 * @returns the crop, and the map from the output's point coordinates to it
 */
export function cropToVisible<Data extends PixelData>(
  image: Image<Data>,
  toInput: Affine,
  output: { readonly width: number; readonly height: number },
): { readonly image: Image<Data>; readonly toInput: Affine } {
  const { left, top, right, bottom } = findVisibleArea(toInput, output)
  if (!(left >= 0 && top >= 0 && right < image.width && bottom < image.height)) return { image, toInput }
  const { channels } = image
  // A multiple of four pixels, so that downsampling and blurring can read words of four bytes.
  const width = Math.min((right - left + 4) & ~3, image.width - left)
  const height = bottom - top + 1
  const line = width * channels
  const length = height * line
  // Not by `slice`, which shares the memory of a Node `Buffer`.
  const data = (image.data instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length)) as Data
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * image.width + left) * channels
    data.set(image.data.subarray(from, from + line), y * line)
  }
  return { image: { ...image, data, width, height }, toInput: composeAffine(toInput, translation(-left, -top)) }
}

function findVisibleArea(
  toInput: Affine,
  { width, height }: { readonly width: number; readonly height: number },
): { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number } {
  const corners = [
    mapPoint(toInput, 0, 0),
    mapPoint(toInput, width - 1, 0),
    mapPoint(toInput, 0, height - 1),
    mapPoint(toInput, width - 1, height - 1),
  ]
  const xs = corners.map(([x]) => x)
  const ys = corners.map(([, y]) => y)
  const [a, b, , d, e] = toInput
  const margin = 4 * Math.ceil(Math.max(1, Math.hypot(a, b), Math.hypot(d, e)))
  return {
    left: Math.floor(Math.min(...xs)) - margin,
    top: Math.floor(Math.min(...ys)) - margin,
    right: Math.ceil(Math.max(...xs)) + margin,
    bottom: Math.ceil(Math.max(...ys)) + margin,
  }
}
