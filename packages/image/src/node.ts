export { type ReadOptions, readImage } from './read.ts'
export { writeImage } from './write.ts'
