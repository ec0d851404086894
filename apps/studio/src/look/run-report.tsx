import { cumulativeErrors } from '@facekp/metrics'
import type { MetricInterval, RunEpoch, RunErrors, RunSummary } from '@facekp/recipes'
import { useSignal } from '@preact/signals'
import type { VNode } from 'preact'
import { SwitchField } from '../components/field.tsx'
import { type ChartLine, LineChart } from './line-chart.tsx'
import { PlotImage } from './plot-image.tsx'
import type { Run } from './read-run.ts'
import { WorstFaces } from './worst-faces.tsx'

/** Everything that the folder of a run says. */
export function RunReport({ run }: { readonly run: Run }): VNode {
  const { name, summary, history, errors, plots } = run
  const worstPlot = plots.get('worst')
  const mapPlot = plots.get('errors')
  return (
    <div class="report">
      <header class="report-header">
        <h2 dir="auto">{summary?.title ?? name}</h2>
        <p dir="auto">{describeRun(run)}</p>
      </header>
      {summary && <Metrics summary={summary} />}
      {history.length > 0 && <Curves history={history} />}
      {errors && <ErrorDistribution errors={errors} />}
      {summary?.partErrorsPx && <PartErrors errors={summary.partErrorsPx} />}
      {mapPlot && <PlotImage file={mapPlot} title="Error map" label="Error by point on the mean face, and by part" />}
      {errors && <WorstFaces errors={errors} />}
      {worstPlot && (
        <PlotImage file={worstPlot} title="Worst faces, drawn" label="The test faces with the largest errors" />
      )}
    </div>
  )
}

function describeRun({ summary, history, name }: Run): string {
  if (!summary) return `${history.length} epochs so far; not finished`
  const { recipe, data, backend, epochs, interrupted, seconds } = summary
  const end = interrupted ? ', stopped early' : ''
  return `${name}: recipe ${recipe}, ${data}, backend ${backend}, ${epochs} epochs in ${formatDuration(seconds)}${end}`
}

function formatDuration(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(0)} s`
  if (seconds < 7200) return `${(seconds / 60).toFixed(0)} min`
  return `${(seconds / 3600).toFixed(1)} h`
}

const formatPercent = (value: number): string => `${Number((100 * value).toPrecision(3))} %`
const formatPixels = (value: number): string => `${Number(value.toPrecision(3))} px`

function Metrics({ summary }: { readonly summary: RunSummary }): VNode {
  const { valErrorPx, meanShapeErrorPx, nme, failureRate, auc } = summary
  return (
    <dl class="metrics">
      <Metric
        name="Mean error"
        value={formatPixels(valErrorPx)}
        note={`mean shape: ${formatPixels(meanShapeErrorPx)}`}
      />
      {nme && <Metric name="NME" value={formatPercent(nme.value)} note={formatInterval(nme, formatPercent)} />}
      {failureRate && (
        <Metric
          name="Failures"
          value={formatPercent(failureRate.value)}
          note={formatInterval(failureRate, formatPercent)}
        />
      )}
      {auc && (
        <Metric name="AUC" value={auc.value.toFixed(3)} note={formatInterval(auc, (value) => value.toFixed(3))} />
      )}
    </dl>
  )
}

function formatInterval({ low, high }: MetricInterval, format: (value: number) => string): string {
  return `95 %: ${format(low)} to ${format(high)}`
}

function Metric({
  name,
  value,
  note,
}: {
  readonly name: string
  readonly value: string
  readonly note: string
}): VNode {
  return (
    <div class="metric">
      <dt>{name}</dt>
      <dd class="metric-value numbers">{value}</dd>
      <dd class="metric-note numbers">{note}</dd>
    </div>
  )
}

function Curves({ history }: { readonly history: readonly RunEpoch[] }): VNode {
  const isLog = useSignal(true)
  const errorLine = createLine(history, 'validation', 'valErrorPx')
  const rateLine = createLine(history, 'learning rate', 'learningRate')
  const losses = [createLine(history, 'training', 'trainLoss'), createLine(history, 'validation', 'valLoss')]
  return (
    <section class="report-section" aria-label="Curves">
      <SwitchField
        label="Logarithmic"
        isOn={isLog.value}
        onChange={(isOn) => {
          isLog.value = isOn
        }}
      />
      <div class="charts">
        <LineChart title="Loss" xTitle="epoch" yTitle="loss" lines={losses.filter(hasPoints)} isLog={isLog.value} />
        {hasPoints(errorLine) && (
          <LineChart title="Validation error" xTitle="epoch" yTitle="pixels" lines={[errorLine]} isLog={isLog.value} />
        )}
        {hasPoints(rateLine) && (
          <LineChart title="Learning rate" xTitle="epoch" yTitle="rate" lines={[rateLine]} isLog={isLog.value} />
        )}
      </div>
    </section>
  )
}

type EpochKey = 'trainLoss' | 'valLoss' | 'valErrorPx' | 'learningRate'

function createLine(history: readonly RunEpoch[], name: string, key: EpochKey): ChartLine {
  const points = history.flatMap(({ epoch, [key]: y }) => (y === undefined ? [] : [{ x: epoch, y }]))
  return { name, points }
}

const hasPoints = ({ points }: ChartLine): boolean => points.length > 0

/** NME above which a face counts as a failure, unless the run says otherwise. */
const THRESHOLD = 0.08

function ErrorDistribution({
  errors: { faces, threshold = THRESHOLD, normalization },
}: {
  readonly errors: RunErrors
}): VNode | null {
  const values = faces.flatMap(({ nme }) => (nme === undefined ? [] : [nme]))
  if (values.length === 0) return null
  const points = cumulativeErrors(values, 1.25 * threshold).map(({ error, fraction }) => ({ x: error, y: fraction }))
  return (
    <LineChart
      title="Cumulative error distribution"
      xTitle={`NME${normalization ? ` (${normalization})` : ''}`}
      yTitle="faces with at most this error"
      lines={[{ name: `${values.length} faces`, points }]}
      formatX={formatPercent}
      formatY={formatPercent}
      marker={{ x: threshold, name: `failure above ${formatPercent(threshold)}` }}
    />
  )
}

function PartErrors({ errors }: { readonly errors: Readonly<Record<string, number>> }): VNode {
  const ranked = Object.entries(errors).sort(([, a], [, b]) => b - a)
  const largest = ranked[0]?.[1] ?? 1
  return (
    <section class="report-section" aria-label="Error by part">
      <h3>Error by part</h3>
      <ul class="bars">
        {ranked.map(([part, error]) => (
          <li key={part}>
            <span dir="auto">{part}</span>
            <meter value={error} max={largest} aria-label={part} />
            <span class="numbers">{formatPixels(error)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
