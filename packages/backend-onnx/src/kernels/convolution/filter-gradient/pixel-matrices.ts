import { CNHW, NCHW } from '../../../lowering/layout.ts'
import type { Lowering, Value } from '../../../lowering/value.ts'
import type { Window } from '../../window.ts'

/** Images as four axes that flatten to matrices [rows, pixels]. */
export interface Maps {
  readonly name: string
  /** [rows, images, height, width]. */
  readonly shape: readonly [number, number, number, number]
}

/** How x and dy become matrices of channels and pixels, whose products sum over the pixels. */
export interface PixelMatrices {
  read(value: Value): Maps
  /** Multiplies dy xᵀ, [channels out, channels in], of two such matrices. */
  multiply(gradient: string, input: string): string
}

/**
 * Chooses how x and dy become matrices. Measured: images from some 30 x 30 pixels on are multiplied one by one, [batch x channels, 1, height,
 * width], because their products use several threads and nothing is transposed; smaller ones all together, [channels, batch,
 * height, width], in few and long products.
 */
export function choosePixelMatrices(lowering: Lowering, x: Value, dy: Value): PixelMatrices {
  const [, rows, columns] = dy.shape as [number, number, number]
  return rows * columns >= 900 ? matricesPerImage(lowering, x, dy) : matricesOfBatch(lowering)
}

function matricesPerImage(lowering: Lowering, x: Value, dy: Value): PixelMatrices {
  const [batch, , , channelsOut] = dy.shape as [number, number, number, number]
  const channels = x.shape[3] as number
  return {
    read(value) {
      const [, height, width, depth] = value.shape as [number, number, number, number]
      const shape = [batch * depth, 1, height, width] as const
      return { name: lowering.reshape(lowering.lowerAs(value, NCHW).name, shape), shape }
    },
    multiply: (gradient, input) =>
      sumOfProducts(lowering, [
        lowering.reshape(gradient, [batch, channelsOut, -1]),
        lowering.reshape(input, [batch, channels, -1]),
      ]),
  }
}

function matricesOfBatch(lowering: Lowering): PixelMatrices {
  return {
    read(value) {
      const [batch, height, width, depth] = value.shape as [number, number, number, number]
      return { name: lowering.lowerAs(value, CNHW).name, shape: [depth, batch, height, width] }
    },
    multiply: (gradient, input) => lowering.graph.addNode('Gemm', [gradient, input], { transB: 1 }),
  }
}

/** Multiplies a bᵀ for each image, matrices [batch, ..., rows, pixels] each, and sums the products over the images. */
export function sumOfProducts({ graph }: Lowering, factors: readonly string[]): string {
  const products = graph.addNode('FusedMatMul', factors, { transB: 1 }, 'com.microsoft')
  return graph.addNode('ReduceSum', [products, graph.addIntegers([0])], { keepdims: 0 })
}

/** Joins the matrices [out, in] that `build` computes for each tap of a filter; the result is OIHW. */
export function joinTaps(
  lowering: Lowering,
  kernel: Window['kernel'],
  channels: readonly [number, number],
  build: (row: number, column: number) => string,
): string {
  const taps = Array.from({ length: kernel[0] * kernel[1] }, (_, tap) =>
    lowering.reshape(build(Math.floor(tap / kernel[1]), tap % kernel[1]), [...channels, 1]),
  )
  const filter = taps.length > 1 ? lowering.graph.addNode('Concat', taps, { axis: 2 }) : (taps[0] as string)
  return lowering.reshape(filter, [...channels, ...kernel], [...channels, taps.length])
}
