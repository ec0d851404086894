export { type DrawKeypointsOptions, drawKeypoints } from './drawing/draw-keypoints.ts'
