export { type SaveLandmarkerOptions, saveLandmarker } from './few-shot/landmarker-files.ts'
export { loadLandmarker } from './load-landmarker-node.ts'
