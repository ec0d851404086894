export type { OnnxSettings } from './backend/settings.ts'
export { type ExportOptions, exportOnnx } from './export-onnx.ts'
export { configureOnnx, onnxSessions, setThreads } from './settings.ts'
