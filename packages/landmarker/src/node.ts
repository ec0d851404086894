export { loadLandmarker } from './load-landmarker-node.ts'
export { type SaveLandmarkerOptions, saveLandmarker } from './model/save-landmarker.ts'
