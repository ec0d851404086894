import { formatCount, joinSome } from '@facekp/options'
import { showNotice } from '../app/notices.ts'
import type { PathFile } from '../components/path-file.ts'
import { saveFile } from '../components/save-file.ts'
import type { Size } from '../components/viewport.ts'
import { assignMeshes } from '../project/assign-meshes.ts'
import { type ExportFormat, exportLabels, type LabeledImage } from '../project/export-labels.ts'
import { importLabels } from '../project/import-labels.ts'
import type { FaceLabel } from '../project/labels.ts'
import { changeImages, images, isReadOnly, project, sources } from '../project/project.ts'

/**
 * Saves the labels of the project as a file. Images whose size is not known and that cannot be read are left out, and named.
 *
 * @param isAll whether faces that are not confirmed are saved too
 */
export async function saveLabels(format: ExportFormat, isAll: boolean): Promise<void> {
  const scheme = project.peek()?.scheme
  if (!scheme) return
  const labeled: LabeledImage[] = []
  const unread: string[] = []
  for (const { file, faces } of images.peek()) {
    const chosen = faces.filter(({ isConfirmed }) => isAll || isConfirmed)
    if (chosen.length === 0) continue
    const size = await getSize(file).catch(() => undefined)
    if (size) labeled.push({ file, width: size.width, height: size.height, faces: chosen })
    else unread.push(file)
  }
  const { name, type, bytes } = exportLabels(format, labeled, scheme)
  saveFile(new Blob([bytes], { type }), name)
  if (unread.length === 0) return
  showNotice({
    kind: 'error',
    title: `Labels are missing in ${name}`,
    detail: `The size of these images is not known: ${joinSome(unread)}. Open the images, then export again.`,
  })
}

/** Reads labels from files into the project. */
export async function importFiles(files: readonly PathFile[]): Promise<void> {
  const record = project.peek()
  if (files.length === 0 || !record) return
  if (isReadOnly.peek()) {
    const detail = 'The project is open in another tab. Close it there, then import again.'
    showNotice({ kind: 'error', title: 'Nothing was imported', detail })
    return
  }
  const contents = await Promise.all(
    files.map(async ({ path, file }) => ({ path, bytes: new Uint8Array(await file.arrayBuffer()) })),
  )
  const { faces, missing, warnings } = await importLabels(contents, {
    scheme: record.scheme,
    images: images.peek().map(({ file }) => file),
    getSize,
  })
  // The project may have been closed in the meantime.
  if (project.peek() !== record) return
  changeImages(new Map([...faces].map(([file, labels]) => [file, keepMeshes(file, labels)])))
  const count = [...faces.values()].reduce((sum, labels) => sum + labels.length, 0)
  const details = [
    missing.length > 0
      ? `Not in this project: ${formatCount(missing.length, 'image')} of the file, such as ${missing[0]}.`
      : '',
    ...warnings,
  ]
  showNotice({
    kind: count > 0 ? 'success' : 'error',
    title: count === 1 ? '1 face was imported' : `${count} faces were imported`,
    detail: details.filter(Boolean).join(' ') || undefined,
  })
}

/** Adds the meshes of the faces that were detected: they stay, also if the labels changed. */
function keepMeshes(file: string, labels: readonly FaceLabel[]): FaceLabel[] {
  return assignMeshes(labels, images.peek().find((image) => image.file === file)?.faces ?? [])
}

async function getSize(file: string): Promise<Size> {
  const image = images.peek().find((other) => other.file === file)
  if (image && image.width > 0) return image
  const source = sources.peek().get(file)
  if (!source) throw new Error(`${file}: the size of the image is needed, and it is not here. Open the images first.`)
  const bitmap = await createImageBitmap(await source())
  const { width, height } = bitmap
  bitmap.close()
  return { width, height }
}
