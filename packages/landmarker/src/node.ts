export { loadLandmarker } from './load-landmarker-node.ts'
