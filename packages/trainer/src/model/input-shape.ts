/** [height, width, channels] of a model's input. */
export type InputShape = readonly [height: number, width: number, channels: number]
