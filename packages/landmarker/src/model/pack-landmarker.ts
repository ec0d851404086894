import { describeContent, type SaveLandmarkerOptions } from './landmarker-content.ts'
import type { LandmarkerModel } from './landmarker-model.ts'
import { LANDMARKER_FILE } from './read-landmarker.ts'

/** The same model gives the same bytes. */
const DATE = '1980-01-01T00:00:00'

/**
 * Packs a model into a zip, as a page saves it: the files that `saveLandmarker` writes. `loadLandmarker` takes its bytes and, in Node, its
 * path.
 *
 * @param options `license` and `data` are written to `landmarker.json` as they are
 * @throws FacekpError `LANDMARKER_MODEL`, `LANDMARKER_OPTION`
 * @example
 * ```ts
 * const { model } = await fitFewShot(dataset)
 * link.href = URL.createObjectURL(new Blob([await packLandmarker(model)], { type: 'application/zip' }))
 * ```
 */
export async function packLandmarker(
  model: LandmarkerModel,
  options: SaveLandmarkerOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const content = describeContent(model, options, 'packLandmarker')
  const { strToU8, zipSync } = await import('fflate')
  const files = { [LANDMARKER_FILE]: strToU8(`${JSON.stringify(content)}\n`), ...model.files }
  return zipSync(files, { mtime: new Date(DATE) }) as Uint8Array<ArrayBuffer>
}
