import type * as tf from '@tensorflow/tfjs-core'

type Alignment = { readonly alignCorners: boolean; readonly halfPixelCenters: boolean }
type ImageBatchShape = readonly [batch: number, height: number, width: number, channels: number]

/**
 * Computes the gradient of `tf.image.resizeNearestNeighbor`: adds each value of dy to its source pixel. In TensorFlow.js,
 * backend cpu reads wrong positions from the second image of a batch on; cpu and wasm ignore half-pixel centers.
 */
export const resizeNearestNeighborGradKernel: Omit<tf.KernelConfig, 'backendName'> = {
  kernelName: 'ResizeNearestNeighborGrad',
  kernelFunc({ inputs, attrs, backend: kernelBackend }) {
    const { images, dy } = inputs as { readonly images: tf.TensorInfo; readonly dy: tf.TensorInfo }
    const backend = kernelBackend as tf.KernelBackend
    const [batch, height, width, channels] = images.shape as unknown as ImageBatchShape
    const [, rows, columns] = dy.shape as unknown as ImageBatchShape
    const alignment = attrs as unknown as Alignment
    const [fromRow, fromColumn] = [
      findSourceIndices(height, rows, alignment),
      findSourceIndices(width, columns, alignment),
    ]
    const values = backend.readSync(dy.dataId) as Float32Array
    const gradient = new Float32Array(batch * height * width * channels)
    let at = 0
    for (let image = 0; image < batch; image++) {
      for (const row of fromRow) {
        for (const column of fromColumn) {
          const to = ((image * height + row) * width + column) * channels
          for (let channel = 0; channel < channels; channel++, at++) {
            gradient[to + channel] = (gradient[to + channel] as number) + (values[at] as number)
          }
        }
      }
    }
    return { dataId: backend.write(gradient, images.shape, 'float32'), shape: images.shape, dtype: 'float32' }
  },
}

/** Computes the source index of each output index along an axis, as TensorFlow.js does. */
function findSourceIndices(from: number, to: number, { alignCorners, halfPixelCenters }: Alignment): number[] {
  const ratio = alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to
  return Array.from({ length: to }, (_, place) => {
    const exact = ratio * (halfPixelCenters ? place + 0.5 : place)
    return Math.min(from - 1, alignCorners ? Math.round(exact) : Math.floor(exact))
  })
}
