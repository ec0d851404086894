import { packLandmarker } from '@facekp/landmarker'
import { showView } from '../app/navigation.ts'
import { showError } from '../app/notices.ts'
import { saveFile } from '../components/save-file.ts'
import { chooseLandmarker } from '../landmarking/landmarker.ts'
import { fit, project } from '../project/project.ts'

/** Saves the landmarker of the project as a zip, which `facekp predict` and `loadLandmarker` take. */
export async function saveLandmarkerFile(): Promise<void> {
  const { model } = fit.peek() ?? {}
  if (!model) return
  try {
    saveFile(new Blob([await packLandmarker(model)], { type: 'application/zip' }), `${model.scheme.name}.zip`)
  } catch (error) {
    showError(error)
  }
}

/** Shows the landmarker of the project in the view Try. */
export async function tryLandmarker(): Promise<void> {
  const { model } = fit.peek() ?? {}
  if (!model) return
  showView('try')
  await chooseLandmarker({ kind: 'own', name: project.peek()?.name ?? model.scheme.name, source: model })
}
