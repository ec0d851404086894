import type { VNode } from 'preact'
import { useState } from 'preact/hooks'
import { showError } from '../app/notices.ts'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { SelectField, SwitchField } from '../components/field.tsx'
import { pickFiles } from '../components/pick-files.ts'
import type { ExportFormat } from '../project/export-labels.ts'
import { isReadOnly } from '../project/project.ts'
import { importFiles, saveLabels } from './exchange-labels.ts'

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
          <Button kind="primary" icon="download" onClick={() => saveLabels(format, isAll).catch(showError)}>
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
