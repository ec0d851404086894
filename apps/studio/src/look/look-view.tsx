import './look.css'
import { type Signal, signal } from '@preact/signals'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { showView } from '../app/navigation.ts'
import { showError } from '../app/notices.ts'
import { addShortcuts } from '../app/shortcuts.ts'
import { Button } from '../components/button.tsx'
import { DropZone } from '../components/drop-zone.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import type { PathFile } from '../components/path-file.ts'
import { pickFiles } from '../components/pick-files.ts'
import { Spinner } from '../components/spinner.tsx'
import { Workspace } from '../components/workspace.tsx'
import { openOwnLandmarker } from '../landmarking/landmarker-fields.tsx'
import { type Run, readRun } from './read-run.ts'
import { RunReport } from './run-report.tsx'

/** The run that is shown. */
const shownRun: Signal<Run | undefined> = signal(undefined)
const isReading: Signal<boolean> = signal(false)

/** Shows a training from the folder of its run: curves, metrics, worst faces and errors by part. */
export function LookView(): VNode {
  useEffect(
    () =>
      addShortcuts({
        title: 'Look',
        view: 'look',
        shortcuts: [{ key: 'o', description: 'Open the folder of a run', run: pickRun }],
      }),
    [],
  )
  const run = shownRun.value
  return (
    <DropZone label="the folder of a run" onDrop={openRun}>
      <Workspace title="Look" toolbar={run && <LookToolbar run={run} />}>
        {run && <RunReport run={run} />}
        {!run && isReading.value && (
          <div class="view-message">
            <Spinner label="Reading the run" />
          </div>
        )}
        {!run && !isReading.value && (
          <EmptyState
            icon="chart"
            title="Look into a training"
            actions={
              <Button kind="primary" icon="folder" onClick={pickRun}>
                Open the folder of a run
              </Button>
            }
          >
            <p>
              Drop the folder that <code>facekp train</code> wrote: its curves, its worst faces and its errors by part.
              A training under way shows what it has so far.
            </p>
          </EmptyState>
        )}
      </Workspace>
    </DropZone>
  )
}

function LookToolbar({ run }: { readonly run: Run }): VNode {
  return (
    <>
      {run.landmarker.length > 0 && (
        <Button
          icon="camera"
          onClick={() => {
            showView('try')
            openOwnLandmarker(run.landmarker)
          }}
        >
          Try its landmarker
        </Button>
      )}
      <Button icon="folder" onClick={pickRun}>
        Open another
      </Button>
    </>
  )
}

async function pickRun(): Promise<void> {
  await openRun(await pickFiles({ isFolder: true }))
}

async function openRun(files: readonly PathFile[]): Promise<void> {
  if (files.length === 0) return
  isReading.value = true
  try {
    shownRun.value = await readRun(files)
  } catch (error) {
    showError(error)
  } finally {
    isReading.value = false
  }
}
