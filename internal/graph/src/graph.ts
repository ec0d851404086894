/** A frozen network as plain data, so that it can be embedded in a module. */
export interface Graph {
  /** Operations in order of execution. */
  readonly nodes: readonly GraphNode[]
  /** The values that the network returns: 0 is the input, i + 1 the output of node i. */
  readonly outputs: readonly number[]
  /** Shape of each constant. */
  readonly shapes: readonly (readonly number[])[]
  /** All constants one after another: little-endian half floats in base64. */
  readonly weights: string
}

/** An operation of a network. */
export interface GraphNode {
  readonly op: 'add' | 'conv2d' | 'depthwiseConv2d' | 'maxPool' | 'padChannels' | 'prelu' | 'relu' | 'sigmoid'
  /** The values that it takes, numbered as {@link Graph.outputs}. */
  readonly inputs: readonly number[]
  /** The constants that it takes: filter, bias and PReLU's alpha of a convolution; alpha of PReLU. */
  readonly constants?: readonly number[]
  readonly stride?: number
  /** Side of the window of a max-pooling. */
  readonly size?: number
  readonly padding?: 'same' | 'valid'
  /** Number of channels of zeros that `padChannels` appends. */
  readonly channels?: number
  /** Applied to the output of a convolution. */
  readonly activation?: 'linear' | 'relu' | 'prelu'
}
