export { type Comparison, compareRuns, writeComparison } from './comparison/compare-runs.ts'
export type { ComparedEpoch, ComparedFace, ComparedRun, MetricEstimate, MetricName } from './comparison/compared-run.ts'
export type { ComparisonPlot } from './comparison/comparison-plots.ts'
export type { Plot } from './drawing/plot.ts'
export { type PngOptions, plotToPng } from './drawing/png.ts'
export type { Theme } from './drawing/theme.ts'
export { writePlot } from './drawing/write-plot.ts'
export type { EpochMetrics } from './epoch-metrics.ts'
export {
  type CheckedDataset,
  type CheckedFault,
  type DatasetCheckPageOptions,
  renderDatasetCheck,
  writeDatasetCheck,
} from './pages/dataset-check-page.ts'
export type { CaptionedPlot } from './pages/page.ts'
export { type Report, type ReportTable, renderReport, writeReport } from './pages/report.ts'
export { type CedCurvesOptions, cedCurves, type RunErrors } from './plots/ced-curves.ts'
export { errorMap, type KeypointErrors } from './plots/error-map.ts'
export { type FaceGroup, faceGallery, type PredictedFace } from './plots/face-gallery.ts'
export { type FeatureMapLayer, featureMapSheet } from './plots/feature-map-sheet.ts'
export { type FilterLayer, type FilterSheetOptions, filterSheet } from './plots/filter-sheet.ts'
export { type KeypointOverlayOptions, keypointOverlay } from './plots/keypoint-overlay.ts'
export { type LearningRateCurvePoints, learningRateCurve } from './plots/learning-rate-curve.ts'
export { type ComparedTrainings, type LossComparisonOptions, lossComparison } from './plots/loss-comparison.ts'
export { type LossCurvesOptions, lossCurves } from './plots/loss-curves.ts'
export { type SampleSheetOptions, sampleSheet } from './plots/sample-sheet.ts'
export { type StepMetrics, trainingCurves } from './plots/training-curves.ts'
export { type WorstFacesOptions, worstFaces } from './plots/worst-faces.ts'
