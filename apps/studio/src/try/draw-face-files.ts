import { IBUG_68 } from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { toImageData } from '@facekp/image/browser'
import type { PathFile } from '../components/path-file.ts'

/** How many faces are drawn, and their size. */
const COUNT = 4
const SIZE = { width: 400, height: 300 }

/** Draws some faces as image files, for those who have no photographs at hand. */
export async function drawFaceFiles(): Promise<PathFile[]> {
  const faces = syntheticFaces({ seed: 4, count: COUNT, scheme: IBUG_68, ...SIZE })
  const files = Array.from({ length: COUNT }, async (_, i) => {
    const { image } = await faces.get(i)
    const canvas = new OffscreenCanvas(image.width, image.height)
    canvas.getContext('2d')?.putImageData(toImageData(image), 0, 0)
    const name = `drawn-face-${i + 1}.png`
    return { path: name, file: new File([await canvas.convertToBlob()], name, { type: 'image/png' }) }
  })
  return Promise.all(files)
}
