import { join } from 'node:path'
import { checkArgument, type Dataset, type Json, type Keypoints, objectKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type Estimate, type Evaluation, percentile } from '@facekp/metrics'
import { formatCount } from '@facekp/options'
import type { TrainResult } from '@facekp/trainer'
import { writePlot, writeReport } from '@facekp/viz'
import * as tf from '@tensorflow/tfjs-core'
import type { Measurement } from '../fit/measure.ts'
import type { Recipe } from '../recipe/recipe.ts'
import type { MetricInterval, RunErrors, RunSummary } from '../run/run-summary.ts'
import { writeJson } from '../run/write-json.ts'
import { frameSize } from '../transforms/limits.ts'
import type { Log } from './log.ts'
import { type NamedPlot, plotErrors, plotEvaluation, plotFaces, plotHistory, plotSamples } from './plots.ts'

const RUN_REPORT = objectKind({
  title: KINDS.string,
  recipeName: KINDS.string,
  recipe: KINDS.object,
  preview: KINDS.dataset,
  originals: KINDS.dataset,
  training: objectKind({ history: KINDS.array }),
  measurement: objectKind({ predictions: KINDS.array }),
  meanShape: KINDS.keypoints,
})

/** A training and its measurement, as a report shows them. */
export interface RunReport {
  readonly title: string
  readonly recipeName: string
  readonly recipe: Recipe & { readonly weights?: string }
  /** Description of the data. */
  readonly source: string
  readonly seed: number
  /** Training samples as the network sees them. */
  readonly preview: Dataset
  /** Test images to draw, in the order of the predictions. */
  readonly originals: Dataset
  readonly training: TrainResult
  readonly measurement: Measurement
  /** Mean shape of the training faces in relative coordinates. */
  readonly meanShape: Keypoints
  readonly meanShapeErrorPx: number
  /** Further plots. */
  readonly plots?: readonly NamedPlot[]
  /** Prints a line (default `console.log`). */
  readonly log?: Log | undefined
}

type Row = { readonly label: string; readonly value: string }

/**
 * Writes report.html, summary.json, errors.json and plots/ into a run folder and prints the results.
 *
 * @returns what summary.json holds
 */
export async function writeRunReport(out: string, report: RunReport): Promise<RunSummary> {
  checkArgument(KINDS.path, out, 'out', 'writeRunReport')
  checkArgument(RUN_REPORT, report, 'report', 'writeRunReport')
  const summary = summarize(out, report)
  const plots = [...(await drawPlots(report)), ...(report.plots ?? [])]
  for (const { name, plot } of plots) await writePlot(plot, join(out, 'plots', `${name}.png`))
  await writeHtml(report, summary, plots)
  await writeJson(join(out, 'errors.json'), errorsByFace(report))
  await writeJson(join(out, 'summary.json'), summary)
  printSummary(summary, report.measurement.evaluation, report.log ?? console.log)
  return summary
}

function summarize(out: string, report: RunReport): RunSummary {
  const { title, recipeName, recipe, source, seed, training, measurement, meanShapeErrorPx } = report
  const { evaluation } = measurement
  const partErrors = listMeasuredParts(measurement)
  return {
    title,
    recipe: recipeName,
    backend: tf.getBackend(),
    data: source,
    seed,
    epochs: training.history.length,
    interrupted: training.stoppedBy !== undefined,
    seconds: round(training.seconds, 2),
    imagesPerSecond: training.steps === 0 ? null : round(training.imagesPerSecond, 1),
    meanShapeErrorPx: round(meanShapeErrorPx, 3),
    valErrorPx: round(measurement.errorPx, 3),
    ...(evaluation ? summarizeMetrics(evaluation) : {}),
    ...(partErrors.length > 1
      ? { partErrorsPx: Object.fromEntries(partErrors.map(({ name, errorPx }) => [name, round(errorPx, 3)])) }
      : {}),
    model: join(out, 'model', 'model.json'),
    report: join(out, 'report.html'),
    settings: JSON.parse(JSON.stringify({ recipe: recipeName, ...recipe, seed, data: source })),
  }
}

/** Lists the parts that a test face has labels of; the errors of the others are NaN, which JSON does not have. */
function listMeasuredParts({ partErrors }: Measurement): Measurement['partErrors'] {
  return partErrors.filter(({ errorPx }) => !Number.isNaN(errorPx))
}

function summarizeMetrics({ maePx, nme, failureRate, auc }: Evaluation): Partial<RunSummary> {
  const interval = ({ value, low, high }: Estimate): MetricInterval => ({
    value: round(value, 5),
    low: round(low, 5),
    high: round(high, 5),
  })
  return { maePx: interval(maePx), nme: interval(nme), failureRate: interval(failureRate), auc: interval(auc) }
}

async function drawPlots(report: RunReport): Promise<readonly NamedPlot[]> {
  const { preview, originals, training, measurement, meanShapeErrorPx, meanShape, recipe } = report
  const { image } = await originals.get(0)
  // A crop around a face has the shape of the frame, a whole image its own.
  const { width, height } = recipe.margin === undefined ? image : frameSize(recipe)
  return [
    await plotSamples(preview),
    ...(await plotHistory(training.history, meanShapeErrorPx)),
    await plotFaces(measurement.predictions, originals),
    ...(await plotEvaluation(measurement, { originals, label: report.recipeName })),
    ...(await plotErrors(measurement, { scheme: originals.scheme, meanShape, width, height })),
  ]
}

async function writeHtml(report: RunReport, summary: RunSummary, plots: readonly NamedPlot[]): Promise<void> {
  const { predictions, errorPx, evaluation } = report.measurement
  const partErrors = listMeasuredParts(report.measurement)
  const errors = predictions.map((prediction) => prediction.errorPx).filter((error) => !Number.isNaN(error))
  await writeReport(
    {
      title: summary.title,
      summary: summaryRows(summary, evaluation),
      settings: summary.settings as Readonly<Record<string, Json>>,
      errors: [
        { label: 'mean', errorPx },
        { label: 'median', errorPx: percentile(errors, 50) },
        { label: '90th percentile', errorPx: percentile(errors, 90) },
        { label: 'worst', errorPx: percentile(errors, 100) },
        { label: 'mean shape instead of the network', errorPx: report.meanShapeErrorPx },
        ...partErrors.map((part) => ({ label: `mean, ${part.name}`, errorPx: part.errorPx })),
      ],
      plots,
      notes: [
        `Errors are mean distances in pixels of the original images, over ${errors.length} test images.`,
        ...(evaluation === undefined && report.originals.scheme.normalizationPair
          ? ['There is no NME: a test face has no label at a point of the normalization pair.']
          : []),
        ...(summary.interrupted
          ? ['The training stopped early; the results are those of the weights at that point.']
          : []),
      ],
    },
    summary.report,
  )
}

function summaryRows(summary: RunSummary, evaluation: Evaluation | undefined): readonly Row[] {
  return [
    { label: 'validation error', value: px(summary.valErrorPx) },
    { label: 'mean shape', value: px(summary.meanShapeErrorPx) },
    ...metricRows(evaluation),
    { label: 'epochs', value: String(summary.epochs) },
    { label: 'training time', value: `${summary.seconds.toFixed(1)} s` },
    { label: 'images per second', value: summary.imagesPerSecond?.toFixed(0) ?? 'none' },
    { label: 'backend', value: summary.backend },
  ]
}

function metricRows(evaluation: Evaluation | undefined): readonly Row[] {
  if (!evaluation) return []
  const { maePx, nme, failureRate, normalization, threshold } = evaluation
  const percent = ({ value, low, high }: Estimate): string =>
    `${(100 * value).toFixed(2)} % (${(100 * low).toFixed(2)} to ${(100 * high).toFixed(2)})`
  return [
    {
      label: 'mean absolute error',
      value: `${px(maePx.value)} (${maePx.low.toFixed(2)} to ${maePx.high.toFixed(2)})`,
    },
    { label: `NME, ${normalization}`, value: percent(nme) },
    { label: `faces above ${100 * threshold} %`, value: percent(failureRate) },
  ]
}

function errorsByFace({ originals, measurement: { predictions, evaluation } }: RunReport): RunErrors {
  const labeled = predictions.filter(({ errorPx }) => !Number.isNaN(errorPx))
  return {
    scheme: originals.scheme.name,
    ...(evaluation ? { normalization: evaluation.normalization, threshold: evaluation.threshold } : {}),
    faces: labeled.map(({ sample: { id }, errorPx }, i) => ({
      id,
      errorPx: round(errorPx, 3),
      ...(evaluation ? { nme: round(evaluation.errors[i] as number, 6) } : {}),
    })),
  }
}

function printSummary(summary: RunSummary, evaluation: Evaluation | undefined, log: Log): void {
  const { epochs, seconds, imagesPerSecond } = summary
  const speed = imagesPerSecond === null ? '' : `, ${imagesPerSecond} images a second`
  log(`\nvalidation error ${px(summary.valErrorPx)} (mean shape ${px(summary.meanShapeErrorPx)})`)
  for (const { label, value } of metricRows(evaluation)) log(`${label} ${value}`)
  log(`${formatCount(epochs, 'epoch')} in ${seconds} s${speed}`)
  log(`report: ${summary.report}`)
}

function px(value: number): string {
  return `${value.toFixed(2)} px`
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
