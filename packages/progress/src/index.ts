export { type Progress, type ProgressOptions, type ProgressStream, startProgress } from './progress.ts'
