import * as tf from '@tensorflow/tfjs'
import { poolLine, poolMap } from './blur-pool.ts'
import {
  type BlurPoolOptions,
  blurWindow,
  layerBlurOptions,
  layerMaxBlurOptions,
  type MaxBlurPoolOptions,
} from './options.ts'
import { type AxisWindow, windowCount } from './window.ts'

type LayerArguments = ConstructorParameters<typeof tf.layers.Layer>[0]
type Complete = Required<BlurPoolOptions> & Pick<MaxBlurPoolOptions, 'poolSize'>

/** What the four layers share. They have no weights; channels come last. */
abstract class Pool extends tf.layers.Layer {
  private readonly options: Complete
  private readonly window: AxisWindow
  private readonly axes: 1 | 2

  constructor(layer: LayerArguments, options: Complete, axes: 1 | 2) {
    super(layer)
    this.options = options
    this.window = blurWindow(options)
    this.axes = axes
    this.inputSpec = [new tf.InputSpec({ ndim: axes + 2 })]
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x] = [inputs].flat() as [tf.Tensor]
    const { poolSize } = this.options
    return this.axes === 1
      ? poolLine(x as tf.Tensor3D, this.window, poolSize)
      : poolMap(x as tf.Tensor4D, this.window, poolSize)
  }

  /** Each side becomes as many as there are windows; one that is not known yet stays so. */
  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const { poolSize = 1 } = this.options
    return (inputShape as tf.Shape).map((side, axis) =>
      side === null || axis === 0 || axis > this.axes ? side : windowCount(side - poolSize + 1, this.window),
    )
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.options }
  }
}

/**
 * {@link blurPool2d} as a layer: [batch, height, width, channels]. Takes {@link BlurPoolOptions} beside what every layer takes, and is
 * saved and loaded with its model; importing the package registers it.
 *
 * Throws `BLUR_OPTIONS`, and `BLUR_SIZE` where it is applied to a map that is too small.
 *
 * @example
 * ```ts
 * tf.sequential({ layers: [new BlurPool2D({ filterSize: 4, inputShape: [120, 120, 64] })] }) // to [60, 60, 64]
 * ```
 */
export class BlurPool2D extends Pool {
  static readonly className = 'BlurPool2D'

  constructor(options: BlurPoolOptions & LayerArguments = {}) {
    super(options, layerBlurOptions(options), 2)
  }
}

/** {@link blurPool1d} as a layer: [batch, length, channels]. As {@link BlurPool2D} otherwise. */
export class BlurPool1D extends Pool {
  static readonly className = 'BlurPool1D'

  constructor(options: BlurPoolOptions & LayerArguments = {}) {
    super(options, layerBlurOptions(options), 1)
  }
}

/** {@link maxBlurPool2d} as a layer: [batch, height, width, channels]. Takes {@link MaxBlurPoolOptions}. */
export class MaxBlurPool2D extends Pool {
  static readonly className = 'MaxBlurPool2D'

  constructor(options: MaxBlurPoolOptions & LayerArguments = {}) {
    super(options, layerMaxBlurOptions(options), 2)
  }
}

/** {@link maxBlurPool1d} as a layer: [batch, length, channels]. */
export class MaxBlurPool1D extends Pool {
  static readonly className = 'MaxBlurPool1D'

  constructor(options: MaxBlurPoolOptions & LayerArguments = {}) {
    super(options, layerMaxBlurOptions(options), 1)
  }
}

for (const layer of [BlurPool1D, BlurPool2D, MaxBlurPool1D, MaxBlurPool2D]) tf.serialization.registerClass(layer)
