import { writeIndexedFolder } from '@facekp/files'
import { getStoredNetwork, renameFiles } from '../predictors/predictor-model.ts'
import { describeContent, type SaveLandmarkerOptions } from './landmarker-content.ts'
import { LANDMARKER_FOLDER } from './landmarker-folder.ts'
import type { LandmarkerModel } from './landmarker-model.ts'

/**
 * Saves a model in a folder: `landmarker.json`, and `model.json` and `weights.bin` if it has a network. The folder is created if it does
 * not exist. A landmarker in it is replaced when the new one is complete; the files of its network then have other names.
 *
 * @param folder new, empty, of a landmarker or of a run
 * @param options `license` and `data` are written to `landmarker.json` as they are
 * @throws FacekpError `LANDMARKER_MODEL`, `LANDMARKER_OPTION`, `LANDMARKER_FILE`
 * @example
 * ```ts
 * await saveLandmarker(model, 'my-landmarker', { license: 'CC-BY-4.0', data: '20 photographs of our own' })
 * ```
 */
export async function saveLandmarker(
  model: LandmarkerModel,
  folder: string,
  options: SaveLandmarkerOptions = {},
): Promise<void> {
  const content = describeContent(model, options, 'saveLandmarker')
  const { files = {} } = model
  const network = getStoredNetwork(content.predictor)
  const getFile = (file: string): Uint8Array => files[file] as Uint8Array
  await writeIndexedFolder(folder, {
    ...LANDMARKER_FOLDER,
    files: [
      { name: 'weights.bin', format: network && (() => getFile(network.weights)) },
      {
        name: 'model.json',
        format: network && (([weights]) => renameWeights(getFile(network.model), weights as string)),
      },
    ],
    formatIndex: ([weights = '', json = '']) => {
      const predictor = renameFiles(content.predictor, { model: json, weights })
      return `${JSON.stringify({ ...content, predictor })}\n`
    },
  })
}

/** Changes the name of the weights in a `model.json`. */
function renameWeights(json: Uint8Array, weightsFile: string): Uint8Array {
  const model = JSON.parse(new TextDecoder().decode(json))
  const weights = model.weightsManifest.flatMap((group: { readonly weights: readonly unknown[] }) => group.weights)
  return new TextEncoder().encode(JSON.stringify({ ...model, weightsManifest: [{ paths: [weightsFile], weights }] }))
}
