export * from '@facekp/weights/node'
