export type { OnnxSettings } from './engine/settings.ts'
export { type ExportOptions, exportOnnx } from './export-onnx.ts'
export { configureOnnx, onnxSessions, setThreads } from './settings.ts'
