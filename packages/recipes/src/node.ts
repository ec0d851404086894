export {
  FACE_DATASETS,
  type FaceDatasetName,
  type FaceSplits,
  type GroupedSplits,
  holdOut,
  loadFaces,
  loadImm,
} from './data/face-splits.ts'
export { findIbug, findImm } from './data/find-data.ts'
export { preload } from './data/preload.ts'
export { type FitOptions, type FitResult, fit } from './fit/fit.ts'
export { runTraining } from './fit/run-training.ts'
export { type TrainingCallbacks, trainingCallbacks } from './fit/training-callbacks.ts'
export { loadPretrained } from './network/load-pretrained.ts'
export { type NamedPlot, plotErrors, plotEvaluation, plotFaces, plotHistory, plotSamples } from './report/plots.ts'
export { type RunReport, writeRunReport } from './report/write-run-report.ts'
export { openRunDir, type RunDirOptions } from './run/open-run-dir.ts'
export { readRunErrors, readRunSummary, readRuns } from './run/read-runs.ts'
