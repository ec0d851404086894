import { IBUG_68 } from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { toImageData } from '@facekp/image/browser'

const SIZE = { width: 400, height: 300 }
/** The faces that come first, by their numbers: the first of them looks straight ahead. */
const FIRST = [2, 1, 3, 0]

/** Draws faces as image files, for those who have no photographs at hand: the same ones each time. At least four. */
export async function drawFaceFiles(count: number): Promise<File[]> {
  const faces = syntheticFaces({ seed: 4, count, scheme: IBUG_68, ...SIZE })
  const files: File[] = []
  for (let i = 0; i < count; i++) {
    const { image } = await faces.get(FIRST[i] ?? i)
    const canvas = new OffscreenCanvas(image.width, image.height)
    canvas.getContext('2d')?.putImageData(toImageData(image), 0, 0)
    const name = `drawn-face-${String(i + 1).padStart(2, '0')}.png`
    files.push(new File([await canvas.convertToBlob()], name, { type: 'image/png', lastModified: 0 }))
  }
  return files
}
