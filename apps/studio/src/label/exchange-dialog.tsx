import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { showError, showNotice } from '../app/notices.ts'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { SelectField, SwitchField } from '../components/field.tsx'
import type { PathFile } from '../components/path-file.ts'
import { pickFiles } from '../components/pick-files.ts'
import { saveFile } from '../components/save-file.ts'
import { type ExportFormat, exportLabels } from '../project/export-labels.ts'
import { importLabels } from '../project/import-labels.ts'
import type { FaceLabel } from '../project/labels.ts'
import { changeImages, images, isReadOnly, project, sources } from '../project/project.ts'

const FORMATS: readonly { readonly value: ExportFormat; readonly label: string }[] = [
  { value: 'coco', label: 'COCO keypoints (.json)' },
  { value: 'cvat', label: 'CVAT (.xml)' },
  { value: 'yolo-pose', label: 'YOLO-pose (.zip)' },
]

/** Saves labels as a file, and reads them from one. */
export function ExchangeDialog({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }): VNode {
  const [format, setFormat] = useState<ExportFormat>('coco')
  const [isAll, setAll] = useState(false)
  return (
    <Dialog
      title="Export and import"
      isOpen={isOpen}
      onClose={onClose}
      actions={
        <>
          <Button
            icon="upload"
            isDisabled={isReadOnly.value}
            onClick={async () => {
              await importFiles(await pickFiles({ accept: '.json,.xml,.zip,.yaml,.yml,.txt', isMultiple: true })).catch(
                showError,
              )
              onClose()
            }}
          >
            Import labels
          </Button>
          <Button kind="primary" icon="download" onClick={() => saveLabels(format, isAll)}>
            Save
          </Button>
        </>
      }
    >
      <SelectField label="Format" value={format} options={FORMATS} onChange={setFormat} />
      <SwitchField label="Also faces that are not confirmed" isOn={isAll} onChange={setAll} />
      <p class="hint">
        An import replaces the labels of the images that the file names, and can be undone. It takes the same formats.
      </p>
    </Dialog>
  )
}

function saveLabels(format: ExportFormat, isAll: boolean): void {
  const scheme = project.peek()?.scheme
  if (!scheme) return
  const labeled = images
    .peek()
    .filter(({ status, width }) => status === 'ready' && width > 0)
    .map((image) => ({ ...image, faces: image.faces.filter(({ isConfirmed }) => isAll || isConfirmed) }))
    .filter(({ faces }) => faces.length > 0)
  const { name, type, bytes } = exportLabels(format, labeled, scheme)
  saveFile(new Blob([bytes], { type }), name)
}

/** Reads labels from files into the project. */
export async function importFiles(files: readonly PathFile[]): Promise<void> {
  const scheme = project.peek()?.scheme
  if (files.length === 0 || !scheme) return
  const contents = await Promise.all(
    files.map(async ({ path, file }) => ({ path, bytes: new Uint8Array(await file.arrayBuffer()) })),
  )
  const { faces, missing, warnings } = await importLabels(contents, {
    scheme,
    images: images.peek().map(({ file }) => file),
    getSize,
  })
  changeImages(new Map([...faces].map(([file, labels]) => [file, keepMeshes(file, labels)])))
  const count = [...faces.values()].reduce((sum, labels) => sum + labels.length, 0)
  const details = [
    missing.length > 0 ? `${missing.length} images of the file are not in this project, such as ${missing[0]}.` : '',
    ...warnings,
  ]
  showNotice({
    kind: count > 0 ? 'success' : 'error',
    title: `${count} faces were imported`,
    detail: details.filter(Boolean).join(' ') || undefined,
  })
}

/** Adds the meshes of the faces that were detected: they stay, also if the labels changed. */
function keepMeshes(file: string, labels: readonly FaceLabel[]): FaceLabel[] {
  const known = images.peek().find((image) => image.file === file)?.faces ?? []
  return labels.map((face, i) => ({ ...face, mesh: known.length === labels.length ? known[i]?.mesh : undefined }))
}

async function getSize(file: string): Promise<{ readonly width: number; readonly height: number }> {
  const image = images.peek().find((other) => other.file === file)
  if (image && image.width > 0) return image
  const source = sources.peek().get(file)
  if (!source) throw new Error(`${file}: the size of the image is needed, and it is not here. Open the images first.`)
  const bitmap = await createImageBitmap(await source())
  const { width, height } = bitmap
  bitmap.close()
  return { width, height }
}
