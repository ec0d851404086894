export { type ExportLandmarkerOptions, exportLandmarker } from './export/export-landmarker.ts'
