import * as z from 'zod/mini'

/** An option that is some object, whose fields are checked where it is used. */
export const objectSchema = <Type>(expected = 'an object'): z.ZodMiniCustom<Type, Type> =>
  z.custom<Type>((value) => typeof value === 'object' && value !== null, expected)

/** An optional option that is a function. */
export const functionSchema = <Type>(): z.ZodMiniOptional<z.ZodMiniCustom<Type, Type>> =>
  z.optional(z.custom<Type>((value) => typeof value === 'function', 'a function'))

/** The option that stops a function. */
export const signalSchema: z.ZodMiniOptional<z.ZodMiniType<AbortSignal>> = z.optional(z.instanceof(AbortSignal))
