import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { type AxisWindow, windowCount } from './axis-window.ts'
import {
  type BlurPoolOptions,
  createBlurWindow,
  type MaxBlurPoolOptions,
  pickBlurOptions,
  pickMaxBlurOptions,
} from './blur-options.ts'
import { pool1d, pool2d } from './blur-pool.ts'

type LayerArguments = ConstructorParameters<typeof tfl.layers.Layer>[0]
type ResolvedOptions = Required<BlurPoolOptions> & Pick<MaxBlurPoolOptions, 'poolSize'>

/** The base of the four layers. They have no weights; channels come last. */
abstract class BlurPoolLayer extends tfl.layers.Layer {
  private readonly options: ResolvedOptions
  private readonly window: AxisWindow
  private readonly axes: 1 | 2

  constructor(layer: LayerArguments, options: ResolvedOptions, axes: 1 | 2) {
    super(layer)
    this.options = options
    this.window = createBlurWindow(options)
    this.axes = axes
    this.inputSpec = [new tfl.InputSpec({ ndim: axes + 2 })]
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x] = [inputs].flat() as [tf.Tensor]
    const { poolSize } = this.options
    return this.axes === 1
      ? pool1d(x as tf.Tensor3D, this.window, poolSize)
      : pool2d(x as tf.Tensor4D, this.window, poolSize)
  }

  /** Replaces each side by its number of windows; an unknown side stays unknown. */
  override computeOutputShape(inputShape: tfl.Shape | tfl.Shape[]): tfl.Shape {
    const { poolSize = 1 } = this.options
    return (inputShape as tfl.Shape).map((side, axis) =>
      side === null || axis === 0 || axis > this.axes ? side : windowCount(side - poolSize + 1, this.window),
    )
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.options }
  }
}

/**
 * Applies {@link blurPool2d} as a layer to [batch, height, width, channels]. Takes {@link BlurPoolOptions} and the options of every
 * layer; saved and loaded with its model. Importing the package registers it.
 *
 * @throws `BLUR_OPTIONS`, and `BLUR_SIZE` if it is applied to a map that is too small
 *
 * @example
 * ```ts
 * tf.sequential({ layers: [new BlurPool2D({ filterSize: 4, inputShape: [120, 120, 64] })] }) // to [60, 60, 64]
 * ```
 */
export class BlurPool2D extends BlurPoolLayer {
  static readonly className = 'BlurPool2D'

  constructor(options: BlurPoolOptions & LayerArguments = {}) {
    super(options, pickBlurOptions(options), 2)
  }
}

/** Applies {@link blurPool1d} as a layer to [batch, length, channels]; see {@link BlurPool2D}. */
export class BlurPool1D extends BlurPoolLayer {
  static readonly className = 'BlurPool1D'

  constructor(options: BlurPoolOptions & LayerArguments = {}) {
    super(options, pickBlurOptions(options), 1)
  }
}

/** Applies {@link maxBlurPool2d} as a layer to [batch, height, width, channels]. Takes {@link MaxBlurPoolOptions}. */
export class MaxBlurPool2D extends BlurPoolLayer {
  static readonly className = 'MaxBlurPool2D'

  constructor(options: MaxBlurPoolOptions & LayerArguments = {}) {
    super(options, pickMaxBlurOptions(options), 2)
  }
}

/** Applies {@link maxBlurPool1d} as a layer to [batch, length, channels]. */
export class MaxBlurPool1D extends BlurPoolLayer {
  static readonly className = 'MaxBlurPool1D'

  constructor(options: MaxBlurPoolOptions & LayerArguments = {}) {
    super(options, pickMaxBlurOptions(options), 1)
  }
}

for (const layer of [BlurPool1D, BlurPool2D, MaxBlurPool1D, MaxBlurPool2D]) tf.serialization.registerClass(layer)
