export { type AugmentPool, type AugmentPoolOptions, augmentPool } from './pool/augment-pool.ts'
