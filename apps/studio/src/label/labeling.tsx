import { type Signal, signal } from '@preact/signals'
import type { VNode } from 'preact'
import { showError } from '../app/notices.ts'
import { Button, IconButton } from '../components/button.tsx'
import { DropZone } from '../components/drop-zone.tsx'
import type { PathFile } from '../components/path-file.ts'
import { Workspace } from '../components/workspace.tsx'
import { listSources } from '../project/image-sources.ts'
import {
  closeProject,
  connectSources,
  currentFile,
  history,
  images,
  isOpenElsewhere,
  isReadOnly,
  project,
  redo,
  undo,
} from '../project/project.ts'
import { storageProblem } from '../project/storage.ts'
import { isMirrored, stepImage } from './actions.ts'
import { ExchangeDialog } from './exchange-dialog.tsx'
import { importFiles } from './exchange-labels.ts'
import { FacePanel } from './face-panel.tsx'
import { ImageStrip } from './image-strip.tsx'
import { switchMirror, zoomBy, zoomOut } from './label-shortcuts.ts'
import { LabelStage } from './label-stage.tsx'
import { MissingImages } from './missing-images.tsx'

const isExchangeOpen: Signal<boolean> = signal(false)

/** The view of an open project. */
export function Labeling(): VNode {
  return (
    <Workspace title="Label" toolbar={<LabelToolbar />} panel={<FacePanel />}>
      <DropZone label="images or labels" onDrop={addFiles}>
        <Banners />
        <LabelStage />
        <ImageStrip />
      </DropZone>
      <ExchangeDialog
        isOpen={isExchangeOpen.value}
        onClose={() => {
          isExchangeOpen.value = false
        }}
      />
    </Workspace>
  )
}

function LabelToolbar(): VNode {
  const { undo: undone, redo: redone } = history.value
  const index = images.value.findIndex(({ file }) => file === currentFile.value)
  return (
    <>
      <span class="toolbar-group">
        <IconButton icon="left" label="Previous image" isDisabled={index <= 0} onClick={() => stepImage(-1)} />
        <span class="numbers toolbar-count">
          {index + 1} / {images.value.length}
        </span>
        <IconButton
          icon="right"
          label="Next image"
          isDisabled={index >= images.value.length - 1}
          onClick={() => stepImage(1)}
        />
      </span>
      <span class="toolbar-group">
        <IconButton icon="undo" label="Undo" isDisabled={undone.length === 0 || isReadOnly.value} onClick={undo} />
        <IconButton icon="redo" label="Redo" isDisabled={redone.length === 0 || isReadOnly.value} onClick={redo} />
      </span>
      <span class="toolbar-group">
        <IconButton icon="minus" label="Zoom out" onClick={() => zoomBy(1 / 1.6)} />
        <IconButton icon="fit" label="Whole image" onClick={zoomOut} />
        <IconButton icon="plus" label="Zoom in on the point" onClick={() => zoomBy(1.6)} />
        <IconButton
          icon="mirror"
          label="Mirror, to compare left and right"
          isPressed={isMirrored.value}
          onClick={switchMirror}
        />
      </span>
      <Button
        icon="download"
        onClick={() => {
          isExchangeOpen.value = true
        }}
      >
        Export
      </Button>
      <IconButton icon="close" label="Close the project; it stays in this browser" onClick={closeProject} />
    </>
  )
}

function Banners(): VNode {
  return (
    <>
      {storageProblem.value && (
        <p class="banner banner-warning" role="alert">
          {storageProblem.value}
        </p>
      )}
      {isOpenElsewhere.value && (
        <p class="banner banner-warning" role="status">
          {storageProblem.value
            ? 'Here you can look at this project. It can be changed once the last changes are stored and no other tab has it open.'
            : 'This project is open in another tab. Here you can look at it; close the other tab to go on here.'}
        </p>
      )}
      <MissingImages />
    </>
  )
}

function addFiles(files: PathFile[]): void {
  const added = listSources(files)
  if (added.size > 0) connectSources(added)
  else if (project.peek()) importFiles(files).catch(showError)
}
