import './fit.css'
import type { VNode } from 'preact'
import { useEffect } from 'preact/hooks'
import { showView } from '../app/navigation.ts'
import { Button } from '../components/button.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { ProgressBar } from '../components/progress-bar.tsx'
import { PanelSection, Workspace } from '../components/workspace.tsx'
import { suggestion } from '../label/actions.ts'
import { MissingImages } from '../label/missing-images.tsx'
import { startSession } from '../label/session.ts'
import { confirmedCount, confirmedImageCount, fit, project } from '../project/project.ts'
import { ErrorCurve } from './error-curve.tsx'
import { fullFit, isFitStale, runFullFit, stopFullFit } from './full-fit.ts'
import { LabelIssues, Suggestions } from './label-issues.tsx'
import { PointErrors } from './point-errors.tsx'
import { errorHistory, MIN_IMAGES, quickFit } from './quick-fit.ts'
import { saveLandmarkerFile, tryLandmarker } from './use-landmarker.ts'

/** The view Fit: how good the labels are, what to label next, and the landmarker. */
export function FitView(): VNode {
  useEffect(startSession, [])
  if (!project.value) return <EmptyFit title="No project is open" text="Label some faces first." />
  if (confirmedImageCount.value < MIN_IMAGES && !fit.value) return <TooFewLabels />
  return (
    <Workspace title="Fit" toolbar={<FitToolbar />} panel={<FitPanel />}>
      <MissingImages />
      <div class="fit-stage">
        <Summary />
        <ErrorCurve entries={errorHistory.value} />
        <PointErrors />
      </div>
    </Workspace>
  )
}

function TooFewLabels(): VNode {
  const count = confirmedCount.value
  const missing = MIN_IMAGES - confirmedImageCount.value
  const text = `${count === 1 ? '1 face is' : `${count} faces are`} confirmed. Confirm ${missing} more, each on an image of its own, and a landmarker is fitted by itself.`
  return <EmptyFit title={`${missing} more ${missing === 1 ? 'face' : 'faces'} to go`} text={text} />
}

function EmptyFit({ title, text }: { readonly title: string; readonly text: string }): VNode {
  return (
    <Workspace title="Fit">
      <EmptyState
        icon="sliders"
        title={title}
        actions={
          <Button kind="primary" icon="tag" onClick={() => showView('label')}>
            Label faces
          </Button>
        }
      >
        <p>{text}</p>
      </EmptyState>
    </Workspace>
  )
}

function FitToolbar(): VNode {
  const state = fullFit.value
  if (state.phase === 'fitting')
    return (
      <Button icon="stop" onClick={stopFullFit}>
        Stop
      </Button>
    )
  const isFitted = fit.value !== undefined
  return (
    <>
      <Button kind={isFitted ? 'plain' : 'primary'} icon="sliders" onClick={runFullFit}>
        {isFitted ? 'Fit again' : 'Fit the landmarker'}
      </Button>
      <Button icon="download" isDisabled={!isFitted} onClick={saveLandmarkerFile}>
        Save
      </Button>
      <Button kind={isFitted ? 'primary' : 'plain'} icon="play" isDisabled={!isFitted} onClick={tryLandmarker}>
        Try it
      </Button>
    </>
  )
}

function FitPanel(): VNode {
  const state = fullFit.value
  return (
    <>
      {state.phase === 'fitting' && (
        <PanelSection title="Fitting">
          <ProgressBar label="Looking at the faces" done={state.done} total={state.total} />
        </PanelSection>
      )}
      {suggestion.value && <Suggestions />}
      <LabelIssues />
    </>
  )
}

function Summary(): VNode {
  const { phase, result, problem } = quickFit.value
  const fitted = fit.value
  const full = fullFit.value
  return (
    <div class="fit-summary" aria-live="polite">
      <Measure
        value={result ? formatPercent(result.relativeError) : '–'}
        label="error of new faces, in sizes of the face"
      />
      <Measure value={result ? `${result.model.metrics.errorPx.toFixed(1)} px` : '–'} label="the same in pixels" />
      <Measure value={String(confirmedCount.value)} label="confirmed faces" />
      <p class="fit-state">
        {phase === 'fitting' && 'Measuring the newest labels…'}
        {phase === 'failed' && <span class="field-error">{problem}</span>}
        {phase === 'ready' && fitted === undefined && 'Labels are measured; fit the landmarker to use it.'}
        {(phase === 'ready' || phase === 'waiting') &&
          fitted !== undefined &&
          (isFitStale.value
            ? `The landmarker was fitted to ${fitted.faces} faces; fit it again to use the newest labels.`
            : `The landmarker is fitted: ${fitted.model.metrics.errorPx.toFixed(1)} px on faces that were left out.`)}
      </p>
      {full.phase === 'ready' && full.result.refinement && (
        <p class="hint">Refinement: {full.result.refinement.reason}.</p>
      )}
    </div>
  )
}

function Measure({ value, label }: { readonly value: string; readonly label: string }): VNode {
  return (
    <div class="measure">
      <span class="measure-value numbers">{value}</span>
      <span class="measure-label">{label}</span>
    </div>
  )
}

/** Formats a fraction of the size of a face. */
export function formatPercent(fraction: number): string {
  return `${(100 * fraction).toFixed(1)} %`
}
