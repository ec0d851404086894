/** How a map continues beyond its edge: reflected without repeating the edge, repeated from the edge, or zeros. */
export type BlurPadding = 'reflect' | 'replicate' | 'zero'
