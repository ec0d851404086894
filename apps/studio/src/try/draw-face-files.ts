import { IBUG_68 } from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { toImageData } from '@facekp/image/browser'
import type { PathFile } from '../components/path-file.ts'

/** The faces that are drawn, by their numbers: the first one looks straight ahead. */
const FACES = [2, 1, 3, 0]
const SIZE = { width: 400, height: 300 }

/** Draws some faces as image files, for those who have no photographs at hand. */
export async function drawFaceFiles(): Promise<PathFile[]> {
  const faces = syntheticFaces({ seed: 4, count: FACES.length, scheme: IBUG_68, ...SIZE })
  const files = FACES.map(async (face, i) => {
    const { image } = await faces.get(face)
    const canvas = new OffscreenCanvas(image.width, image.height)
    canvas.getContext('2d')?.putImageData(toImageData(image), 0, 0)
    const name = `drawn-face-${i + 1}.png`
    return { path: name, file: new File([await canvas.convertToBlob()], name, { type: 'image/png' }) }
  })
  return Promise.all(files)
}
