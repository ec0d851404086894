export { type AntialiasOptions, compareAntialiasing } from './antialias/compare-antialiasing.ts'
export {
  choiceOption,
  longRunOptions,
  networkOptions,
  recipeOption,
  trainOptions,
  wholeNumber,
} from './command-line/options.ts'
export {
  type CommandLine,
  type CommandOption,
  type ParsedCommandLine,
  parseCommandLine,
} from './command-line/parse-command-line.ts'
export { runProgram } from './command-line/run-program.ts'
export { FACE_DATASETS, type FaceSplits, type GroupedSplits, holdOut, loadFaces, loadImm } from './data/face-splits.ts'
export { findIbug, findImm } from './data/find-data.ts'
export { type LevelFacesOptions, levelFaces } from './data/level-faces.ts'
export { preload } from './data/preload.ts'
export { type FitOptions, type FitResult, fit } from './fit/fit.ts'
export { loadPretrained } from './fit/load-pretrained.ts'
export { runTraining } from './fit/run-training.ts'
export { type RunLandmarkerOptions, saveRunLandmarker } from './fit/save-run-landmarker.ts'
export { type TrainingCallbacks, trainingCallbacks } from './fit/training-callbacks.ts'
export { predictImages } from './images/predict-images.ts'
export { readImageFolder } from './images/read-image-folder.ts'
export { plotLayers } from './report/plot-layers.ts'
export { type NamedPlot, plotErrors, plotEvaluation, plotFaces, plotHistory, plotSamples } from './report/plots.ts'
export { type RunReport, writeRunReport } from './report/write-run-report.ts'
export { type CheckRunDirOptions, checkRunDir } from './run/check-run-dir.ts'
export { openRunDir, type RunDirOptions } from './run/open-run-dir.ts'
export { readRunErrors, readRunSummary, readRuns } from './run/read-runs.ts'
export { runSweep, type SweepOptions, type SweepTraining, type SweepTrial } from './sweep/run-sweep.ts'
export { createSweepTable, formatSweepTable, type SweepRow } from './sweep/sweep-table.ts'
