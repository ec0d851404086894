export { configureOnnx, countOnnxSessions, setThreads } from './configure.ts'
export { type ExportOptions, exportOnnx } from './export/export-onnx.ts'
export type { OnnxFunction } from './export/record-function.ts'
export type { OnnxSettings } from './settings.ts'
